import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE, expectUnknownEffect } from "../../support/unknown-effect.ts";

const LATEST = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" };
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const pinned = (revision: string, more: Block = {}): Block => ({ type: REVISION, revision, ...more });
const noteOf = (revision: string, service = "api"): string =>
  `revision ${revision} of service ${service} was deployed earlier; its container is not in this configuration`;

interface Deployed {
  readonly traffic: unknown;
  readonly tag?: string;
  readonly h2c?: boolean;
  readonly more?: (edge: SmallEdge) => unknown;
}

function through({ traffic, tag, h2c = false, more }: Deployed, protocol: "http" | "websocket" = "websocket") {
  const model = edgeModel((edge) => {
    edge.service["traffic"] = traffic;
    edge.template["revision"] = "api-new";
    if (tag !== undefined) edge.cloudRun["tag"] = tag;
    if (h2c) edge.ports["name"] = "h2c";
    more?.(edge);
  });
  return traceRequest(model, edgeRequest(protocol));
}

describe("the traffic of a service (R20)", () => {
  it.each([
    ["to the latest revision", { ...LATEST, percent: 100 }],
    ["to the described revision by name", [pinned("api-new", { percent: 100 })]],
    ["without a block", undefined],
    [
      "to the described one, an older one by a tag alone",
      [pinned("api-new", { percent: 100 }), pinned("api-old", { tag: "old" })],
    ],
  ])("%s meets the described container", (_, traffic) => {
    expect(through({ traffic })).toMatchObject({ outcome: "backend", notes: [], unknowns: [] });
    expect(through({ traffic, h2c: true })).toMatchObject({ outcome: "answered-by-edge", answer: { status: 503 } });
  });

  it("to an older revision is told outside its container, with a note and no verdict on its port", () => {
    for (const h2c of [false, true]) {
      const trace = through({ traffic: pinned("api-old", { percent: 100 }), h2c });
      expect(trace).toMatchObject({ outcome: "backend", notes: [noteOf("api-old")], unknowns: [] });
    }
  });

  it("names the service by its label", () => {
    const more = ({ service }: SmallEdge) => (service["labels"] = { "headgate-service": "backend" });
    expect(through({ traffic: pinned("r1", { percent: 100 }), more }).notes).toEqual([noteOf("r1", "backend")]);
  });

  it("keeps what Cloud Run checks before any container", () => {
    const more = ({ service }: SmallEdge) => (service["invoker_iam_disabled"] = false);
    expect(through({ traffic: pinned("r1", { percent: 100 }), more })).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status: 403 },
      notes: [noteOf("r1")],
    });
  });

  it("split over several revisions has a note for each older one, once", () => {
    const traffic = [
      { ...LATEST, percent: 50 },
      pinned("a", { percent: 20 }),
      pinned("b", { percent: 20 }),
      pinned("a", { percent: 10 }),
    ];
    expect(through({ traffic })).toMatchObject({ outcome: "backend", notes: [noteOf("a"), noteOf("b")] });
  });

  it("split between a container that refuses upgrades and another is unknown for upgrades alone", () => {
    const deployed = { traffic: [{ ...LATEST, percent: 50 }, pinned("a", { percent: 50 })], h2c: true };
    expect(through(deployed)).toMatchObject({
      outcome: "unknown",
      unknowns: [{ by: { address: ADDRESS.apiService } }],
    });
    expect(through(deployed, "http")).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it("is noted for the backend that a request reaches, and for no other", () => {
    const more = ({ resource }: SmallEdge) =>
      (resource["google_cloud_run_v2_service"]!["web"]!["traffic"] = pinned("web-old", { percent: 100 }));
    expect(through({ traffic: undefined, more }).notes).toEqual([]);
    const model = edgeModel((edge) => void more(edge));
    expect(model.backends.get(ADDRESS.web)!.groups).toMatchObject([{ notes: [noteOf("web-old", "web")] }]);
  });
});

describe("a tagged NEG (S11)", () => {
  const traffic = [
    pinned("api-old", { percent: 100, tag: "stable" }),
    { ...LATEST, tag: "candidate" },
    pinned("api-new", { tag: "named" }),
  ];

  it.each([
    ["candidate", []],
    ["named", []],
    ["stable", [noteOf("api-old")]],
  ])("%s reaches the revision of its tag", (tag, notes) => {
    expect(through({ traffic, tag })).toMatchObject({ outcome: "backend", notes, unknowns: [] });
  });

  it("has the verdict on the port of that revision", () => {
    expect(through({ traffic, tag: "candidate", h2c: true }).outcome).toBe("answered-by-edge");
    expect(through({ traffic, tag: "stable", h2c: true }).outcome).toBe("backend");
  });
});

describe("traffic that cannot be told is unknown", () => {
  it.each([
    [
      "a tag that no block has",
      (e) => ((e.cloudRun["tag"] = "gone"), (e.service["traffic"] = { ...LATEST, percent: 100 })),
      ADDRESS.neg,
      "cloud_run.tag",
      '"gone"',
    ],
    [
      "a tag that is an expression",
      (e) => (e.cloudRun["tag"] = VARIABLE),
      ADDRESS.neg,
      "cloud_run.tag",
      `"${VARIABLE}"`,
    ],
    ["blocks of which none takes traffic", (e) => (e.service["traffic"] = [LATEST]), ADDRESS.apiService, "", ""],
    [
      "a revision that is an expression",
      (e) => (e.service["traffic"] = pinned(VARIABLE, { percent: 100 })),
      ADDRESS.apiService,
      "traffic[0].revision",
      `"${VARIABLE}"`,
    ],
    [
      "a share that is an expression",
      (e) => (e.service["traffic"] = { ...LATEST, percent: VARIABLE }),
      ADDRESS.apiService,
      "traffic[0].percent",
      `"${VARIABLE}"`,
    ],
    [
      "a type that is an expression",
      (e) => (e.service["traffic"] = { type: VARIABLE, percent: 100 }),
      ADDRESS.apiService,
      "traffic[0].type",
      `"${VARIABLE}"`,
    ],
    [
      "a block without a type",
      (e) => (e.service["traffic"] = { percent: 100 }),
      ADDRESS.apiService,
      "traffic[0]",
      '"traffic": ',
    ],
    [
      "a pinned block without a revision",
      (e) => (e.service["traffic"] = { type: REVISION, percent: 100 }),
      ADDRESS.apiService,
      "traffic[0]",
      '"traffic": ',
    ],
    [
      "an unheard attribute",
      (e) => (e.service["traffic"] = { ...LATEST, percent: 100, novel: 1 }),
      ADDRESS.apiService,
      "traffic[0].novel",
      '"novel": ',
    ],
    [
      "the described revision's own name",
      (e) => ((e.template["revision"] = VARIABLE), (e.service["traffic"] = pinned("a", { percent: 100 }))),
      ADDRESS.apiService,
      "template.revision",
      `"${VARIABLE}"`,
    ],
  ] as readonly (readonly [string, (edge: SmallEdge) => unknown, string, string, string])[])(
    "%s",
    (what, patch, address, attribute, at) => {
      if (at !== "") return expectUnknownEffect([what, patch, address, attribute, at]);
      const trace = traceRequest(
        edgeModel((edge) => void patch(edge)),
        edgeRequest("http"),
      );
      expect(trace).toMatchObject({ outcome: "unknown", unknowns: [{ by: { address } }] });
    },
  );

  it("an unread name of the described revision is no matter where none is named", () => {
    const trace = traceRequest(
      edgeModel((edge) => void Object.assign(edge.template, { revision: VARIABLE })),
      edgeRequest("http"),
    );
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [] });
  });
});
