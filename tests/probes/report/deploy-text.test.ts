import { describe, expect, it } from "vitest";
import type { DeployRecord, MatrixCell } from "../../../probes/facts/deployed.ts";
import { renderDeployJson, renderDeployText } from "../../../probes/report/deploy-text.ts";

const cell: MatrixCell = {
  env: "production",
  route: "api.${domain} /ws",
  host: "api.example.com",
  path: "/ws",
  rule: "header-unchanged",
  header: "Authorization",
  arrives: "unchanged",
  protocol: "websocket",
  client: "native",
  state: "pass",
  observation: "intact",
  expectedService: "backend",
  declaredAt: { file: "headgate.yaml", line: 1, column: 1 },
};

const record: DeployRecord = {
  schema: "headgate-deploy/1",
  run: {
    id: "1",
    verb: "deploy",
    tool: "headgate 0.1.0",
    contract: { file: "headgate.yaml", digest: "0".repeat(64) },
    env: ["production"],
    startedAt: "2026-01-31T23:59:59.000Z",
    durationMs: 1000,
  },
  promotion: "preview",
  way: "cdktf",
  verdict: "pass",
  exitCode: 0,
  reasons: [],
  phases: [{ name: "plan", state: "done", ms: 10 }],
  applies: [
    {
      name: "candidate",
      changes: { created: 2, changed: 0, replaced: 0, deleted: 0 },
      touchesHeaderPath: true,
      done: true,
    },
    {
      name: "promotion",
      changes: { created: 0, changed: 1, replaced: 0, deleted: 0 },
      touchesHeaderPath: true,
      done: true,
    },
  ],
  before: { stamp: "a".repeat(64), generations: { backend: "11111111", auth: "33333333" } },
  after: { stamp: "b".repeat(64), generations: { backend: "22222222", auth: "33333333" } },
  matrix: { before: [{ ...cell, state: "fail" }], after: [cell] },
  outcomes: [],
  looks: [{ edge: "preview", verdict: "pass", detail: "289 checks passed on live traffic", notLookedAt: [] }],
  dnsRecords: [{ name: "api.example.com.", type: "A", data: "203.0.113.2" }],
  on: "headgate deploy production",
  back: "headgate deploy production --rollback",
  remedies: [],
};

const text = (change: Partial<DeployRecord> = {}): string =>
  renderDeployText({ ...record, ...change }, { colour: false });

describe("the summary of a deploy", () => {
  it("says what was applied, what answers now and did before, the matrix on both sides, and the way back", () => {
    expect(text().split("\n")).toEqual([
      "",
      "deployed production: applied as planned (promotion: preview, by cdktf)",
      "  candidate      2 created; header path touched",
      "  promotion      1 changed; header path touched",
      "  answers now    stamp bbbbbbbbbbbb…, before aaaaaaaaaaaa…",
      "                 backend 22222222, before 11111111",
      "                 auth 33333333",
      "  preview edge   pass: 289 checks passed on live traffic",
      "",
      "ROUTE / HEADER                      HTTP                  UPGRADE",
      "api.example.com /ws  → backend",
      "  Authorization                     -                     FAIL 1/1 → pass 1",
      "",
      "to go back: headgate deploy production --rollback",
      "pass   exit 0",
      "",
    ]);
  });

  it("names the records to create, what mends a half apply, and the way on, where it did not come to its end", () => {
    const failed = text({
      verdict: "inconclusive",
      exitCode: 3,
      reasons: ["edge not ready: api.example.com: no certificate"],
      remedies: ["terraform force-unlock -force 1"],
      applies: [{ ...record.applies[0]!, done: false }],
    });
    expect(failed).toContain("not deployed: production: what was applied so far stays");
    expect(failed).toContain("did not come to its end");
    expect(failed).toContain("    api.example.com. A 203.0.113.2\n  edge not ready: api.example.com: no certificate");
    expect(failed).toContain("to mend what was left half done:\n  terraform force-unlock -force 1");
    expect(failed).toContain("to go on:   headgate deploy production\nto go back:");
    expect(text({ applies: [], verdict: "usage", exitCode: 2 })).not.toContain("to go back");
  });

  it("shouts an override, and a first edge has no matrix before it", () => {
    expect(text({ override: { owner: "ops@example.com", reason: "outage" } })).toContain(
      "OVERRIDDEN by ops@example.com: outage",
    );
    expect(text({ matrix: { before: null, after: [cell] } })).toContain("-                     pass 1\n");
  });

  it("lets nothing through that moves a terminal's cursor", () => {
    const reasons = ["\u001b[2J\u202e"];
    expect(text({ reasons })).not.toMatch(/[\u001b\u202e]/);
    expect(JSON.parse(renderDeployJson({ ...record, reasons }))).toEqual({ ...record, reasons });
    expect(renderDeployJson({ ...record, reasons })).not.toMatch(/[\u001b\u202e]/);
  });
});
