import { describe, expect, it } from "vitest";
import { backendOf, referenceTerraform, routingMap } from "../support/reference.ts";
import { KNOWN_DISAGREEMENTS, unexplained } from "../support/oracle/known.ts";
import { compareWithModel } from "../support/oracle/model.ts";
import type { Reading } from "../support/oracle/model.ts";
import { HANDSHAKE } from "../support/oracle/random.ts";
import type { Plain } from "../support/oracle/terraform.ts";
import type { Line, OracleRequest } from "../support/oracle/types.ts";

describe("known disagreements of oracle and model", () => {
  it("still stand, or are to be taken off the list", () => {
    for (const { id, plant, request, reading = {} } of KNOWN_DISAGREEMENTS) {
      const terraform = referenceTerraform();
      plant?.(terraform);
      const { differences } = compareWithModel(terraform, request, { reading });
      expect(differences, id).not.toEqual([]);
      expect(unexplained(differences, { terraform, reading })).toEqual([]);
    }
  });

  it("say why they are left", () => {
    for (const { reason } of KNOWN_DISAGREEMENTS) expect(reason).toMatch(/\b([A-Z]\d+[a-z]?|section 9|after apply)\b/i);
    expect(new Set(KNOWN_DISAGREEMENTS.map(({ id }) => id)).size).toBe(KNOWN_DISAGREEMENTS.length);
  });
});

function requestOf(lines: readonly Line[] = [], more: Partial<OracleRequest> = {}): OracleRequest {
  return {
    scheme: "https",
    method: "GET",
    target: "/ws",
    headers: [["Host", "api.staging.example.com"], ...lines],
    clientAddress: "198.51.100.7",
    edgeAddress: "127.0.0.1",
    ...more,
  };
}

const add = (header_name: string, header_value: string, replace?: boolean) => (terraform: Plain) =>
  ((routingMap(terraform).header_action.request_headers_to_add ??= []) as Plain[]).push({
    header_name,
    header_value,
    ...(replace !== undefined && { replace }),
  });
const remove = (name: string) => (terraform: Plain) =>
  routingMap(terraform).header_action.request_headers_to_remove.push(name);
const custom = (line: string) => (terraform: Plain) =>
  (backendOf(terraform, "backend").custom_request_headers = [line]);
const nothing = (): void => undefined;

/** What oracle and model once said differently, under every reading of the question that it hangs on. */
const SETTLED: readonly (readonly [string, (terraform: Plain) => unknown, OracleRequest, readonly Reading[]])[] = [
  [
    "a value appended to what the proxy adds (M56, section 9)",
    add("X-Forwarded-Proto", "https", false),
    requestOf(),
    [{ "replace-false-literal": "appended" }, { "replace-false-literal": "replaced" }],
  ],
  [
    "the Location of a folded path (H21, H22)",
    nothing,
    requestOf([], { scheme: "http", target: "//ws" }),
    [{}, { "path-normalisation": "after-match" }],
  ],
  [
    "an empty custom header that nobody sent (Q26)",
    custom("X-A: "),
    requestOf(),
    [{}, { "empty-backend-header": "removed" }],
  ],
  [
    "a replace that is left out (U5)",
    add("X-A", "edge"),
    requestOf([["X-A", "c"]]),
    [{}, { "replace-false-literal": "appended" }],
  ],
  ...["Sec-WebSocket-Key", "Sec-WebSocket-Protocol"].map(
    (name) =>
      [
        `the removal of ${name} (U8, Q2)`,
        remove(name),
        requestOf([...HANDSHAKE, ["Sec-WebSocket-Protocol", "a"]]),
        [{}, { "reserved-removal": "kept" }],
      ] as const,
  ),
  [
    "a host that Connection names (H5b, H28)",
    nothing,
    requestOf([["Connection", "host"]]),
    [{}, { "nominated-headers": "kept" }],
  ],
];

describe("oracle and model agree on", () => {
  it.each(SETTLED)("%s", (_, plant, request, readings) => {
    const terraform = referenceTerraform();
    plant(terraform);
    for (const reading of readings)
      expect(compareWithModel(terraform, request, { reading }).differences, JSON.stringify(reading)).toEqual([]);
  });
});
