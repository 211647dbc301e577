import { describe, expect, it } from "vitest";
import type { TraceAnswer } from "../support/trace-cli.ts";
import type { Expectation } from "./configurations.ts";
import { differences } from "./differences.ts";

const PLACE = { address: "google_compute_url_map.main.header_action", source: "/x/edge.tf:41:5" };

const ANSWER: TraceAnswer = {
  id: "a",
  schema: "headgate-trace/1",
  tool: "headgate",
  configuration: { at: ".", env: "edge", edge: null, digest: "0" },
  request: { method: "GET", url: "https://api.example.com/", websocket: false, clientAddress: null },
  outcome: "redirect",
  backend: "google_compute_backend_service.api",
  backends: [{ backend: "google_compute_backend_service.api", weight: 7 }],
  service: null,
  matchedBy: "google_compute_url_map.main.default_service",
  reasons: {},
  headers: [
    {
      name: "authorization",
      state: "replaced",
      sent: ["a"],
      arrives: ["b"],
      by: [{ stage: "url-map", ...PLACE, effect: "replaces it" }],
    },
  ],
  steps: [],
  answer: {
    status: 301,
    headers: [["Location", "https://www.example.com/"]],
    body: "",
    by: { stage: "edge", ...PLACE, effect: "redirects" },
  },
  unknowns: [{ reason: "var.x has no value", affects: "request", ...PLACE }],
  problems: [{ reason: "classic takes no header_action", found: "apply", ...PLACE }],
  assumptions: [{ name: "repeated-headers", question: "?", value: "separate", otherwise: ["joined"] }],
  notes: [],
};

const header = (expected: NonNullable<Expectation["headers"]>[string]): Expectation => ({
  headers: { authorization: expected },
});

describe("an expectation that is met", () => {
  it.each<Expectation>([
    {},
    { outcome: "redirect", status: 301, location: "https://www.example.com/" },
    { outcome: ["backend", "redirect"], service: null },
    { backend: "google_compute_backend_service.api", matchedBy: "google_compute_url_map.main.default_service" },
    { backends: [{ backend: "google_compute_backend_service.api", weight: 7 }] },
    header({ state: "replaced", arrives: ["b"], at: "edge.tf:41" }),
    header({ state: ["same", "replaced"], at: ["other.tf:1", "edge.tf:40-43"] }),
    { headers: { "x-nobody": { state: "absent", arrives: [] } } },
    { unknowns: ["var\\.x", "(?i)HAS NO VALUE"], reported: ["header_action"], noReport: ["regex"] },
    { assumptions: { "repeated-headers": "separate" }, open: "repeated-headers" },
  ])("%j", (expected) => expect(differences(expected, ANSWER)).toEqual([]));
});

describe("an expectation that is not met is told", () => {
  it.each<[Expectation, string]>([
    [{ outcome: "backend" }, 'outcome: expected "backend", got "redirect"'],
    [{ outcome: ["backend", "unknown"] }, 'outcome: expected ["backend","unknown"], got "redirect"'],
    [{ backend: null }, "backend: expected null"],
    [{ service: "google_cloud_run_v2_service.api" }, "service: expected"],
    [{ matchedBy: "google_compute_url_map.main" }, "matchedBy: expected"],
    [{ status: 302 }, "status: expected 302, got 301"],
    [{ location: "https://example.com/" }, "location: expected"],
    [{ backends: [{ backend: "google_compute_backend_service.api", weight: 8 }] }, "backends: expected"],
    [header({ state: "same" }), 'header authorization: expected "same", got "replaced"'],
    [header({ state: "replaced", arrives: ["a"] }), 'expected to arrive as ["a"], got ["b"]'],
    [header({ state: "replaced", at: "edge.tf:42" }), "expected an act at edge.tf:42"],
    [header({ state: "replaced", at: "my-edge.tf:41" }), "expected an act at my-edge.tf:41"],
    [header({ state: "replaced", at: "e.tf:41" }), "expected an act at e.tf:41"],
    [{ headers: { "x-nobody": { state: "same" } } }, 'header x-nobody: expected "same", got "absent"'],
    [{ unknowns: ["var\\.y"] }, "unknown: none matches /var\\.y/"],
    [{ reported: ["regex"] }, "reported problem: none matches /regex/"],
    [{ noReport: ["classic"] }, "reported problem: classic takes no header_action"],
    [{ assumptions: { "repeated-headers": "joined" } }, 'assumption repeated-headers: expected "joined"'],
  ])("%j", (expected, message) => {
    expect(differences(expected, ANSWER)).toEqual([expect.stringContaining(message)]);
  });

  it("where an open question is named nowhere", () => {
    const certain = { ...ANSWER, unknowns: [] };
    expect(differences({ open: "remove-and-add" }, certain)).toEqual([
      expect.stringContaining("open question remove-and-add"),
    ]);
  });
});
