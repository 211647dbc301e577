import { describe, expect, it } from "vitest";
import type { AccessRecord } from "../../../probes/facts/trace.ts";
import { renderAccessJson, renderAccessText } from "../../../probes/report/trace-log.ts";
import { anAct } from "../../support/builders.ts";

const RECORD: AccessRecord = {
  at: Date.UTC(2030, 0, 1, 12, 0, 0, 5),
  scheme: "https",
  method: "GET",
  host: "api.example.com",
  path: "/ws",
  websocket: true,
  status: 101,
  outcome: "backend",
  route: anAct({ attribute: "path_matcher[0].route_rules[0].service", line: 7, stage: "route" }),
  backend: "google_compute_backend_service.api",
  service: "google_cloud_run_v2_service.api",
  durationMs: 1.5,
  changes: [{ name: "authorization", state: "removed", by: anAct({ fact: "U2" }) }],
};

describe("a line of the access log", () => {
  it("says status, what was asked, where it went, how long, and what changed by which line", () => {
    expect(renderAccessText(RECORD)).toBe(
      "12:00:00.005  101  GET api.example.com/ws (upgrade)  → google_cloud_run_v2_service.api  1.5 ms  " +
        "route cdktf.out/stacks/staging/cdk.tf.json:7:5  removed authorization (cdktf.out/stacks/staging/cdk.tf.json:41:5, U2)\n",
    );
  });

  it("is one line whatever stands in it, and sends nothing to a terminal", () => {
    const text = renderAccessText({ ...RECORD, host: "a\n\u001b[31m", path: "/\r\n" });
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text).not.toContain("\u001b");
  });

  it("hides a token in a path", () => {
    const path = "/ws/eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.sig";
    for (const text of [renderAccessText({ ...RECORD, path }), renderAccessJson({ ...RECORD, path })]) {
      expect(text).toContain("/ws/(token)");
      expect(text).not.toContain("eyJ");
    }
  });

  it("says so when there was no answer", () => {
    const { status: _, ...rest } = RECORD;
    expect(renderAccessText({ ...rest, note: "the client left" })).toMatch(/ {2}--- {2}.*\(the client left\)\n$/);
    expect(JSON.parse(renderAccessJson(rest))).toMatchObject({ status: null, note: null });
  });

  it("is the same as JSON", () => {
    expect(JSON.parse(renderAccessJson(RECORD))).toEqual({
      ...{ time: "2030-01-01T12:00:00.005Z", status: 101, scheme: "https", method: "GET", host: "api.example.com" },
      ...{ path: "/ws", websocket: true, outcome: "backend", durationMs: 1.5, note: null },
      ...{ backend: "google_compute_backend_service.api", service: "google_cloud_run_v2_service.api" },
      route: expect.objectContaining({ stage: "route", source: "cdktf.out/stacks/staging/cdk.tf.json:7:5" }),
      changes: [
        { name: "authorization", state: "removed", by: expect.objectContaining({ stage: "url-map", fact: "U2" }) },
      ],
    });
  });
});
