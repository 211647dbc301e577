import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Trace } from "../../../probes/facts/trace.ts";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { FILE, edgeText, graphOf, matchPosition, smallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";
import { PLATFORM_VECTORS } from "../../support/golden-vectors-platform.ts";
import { CREDENTIALS, EDGE_VECTORS } from "../../support/golden-vectors.ts";
import type { Place, Protocol, Vector } from "../../support/golden-vectors.ts";
import { compareWithModel } from "../../support/oracle/model.ts";

const BOTH: readonly Protocol[] = ["http", "websocket"];

function placeOf(text: string, [address, attribute, at]: Place): object {
  return { address, attribute, file: FILE, ...(at !== undefined && matchPosition(text, at)) };
}

function expectHeaders(trace: Trace, text: string, headers: NonNullable<Vector["headers"]>): void {
  for (const [name, [arrives, state, by]] of Object.entries(headers)) {
    if (trace.forward !== undefined && !arrives.includes(null))
      expect(arriving(trace, name), `${name} at the container`).toEqual(arrives);
    const header = traced(trace, name);
    expect(header, name).toMatchObject({ arrives, ...(state !== undefined && { state }) });
    if (by !== undefined) expect(header!.by.at(-1), `${name} by`).toMatchObject(placeOf(text, by));
  }
}

const VECTORS = [...EDGE_VECTORS, ...PLATFORM_VECTORS].sort(
  (a, b) => Number(a.fact.slice(1)) - Number(b.fact.slice(1)),
);
const CASES = VECTORS.flatMap((vector) => (vector.protocols ?? BOTH).map((protocol) => ({ ...vector, protocol })));

describe("golden vectors", () => {
  it.each(CASES)("$fact $protocol: $name", (vector) => {
    const edge = smallEdge((small) => void vector.configure?.(small));
    const text = edgeText(edge);
    const request = edgeRequest(vector.protocol, vector.sent, { target: vector.target ?? "/ws" });
    const trace = traceRequest(buildEdgeModel(graphOf(edge)), request, vector.assume);
    expect(trace.outcome).toBe(vector.outcome ?? "backend");
    expect(trace.answer?.status).toBe(vector.status);
    if (vector.backend !== undefined) expect(trace.backend).toBe(vector.backend);
    expectHeaders(trace, text, vector.headers ?? {});
    if (vector.decidedBy !== undefined)
      expect(trace.answer?.by ?? trace.matchedBy).toMatchObject(placeOf(text, vector.decidedBy));
    if (vector.unknownAt !== undefined)
      expect(trace.unknowns).toContainEqual(
        expect.objectContaining({ kind: "unknown", by: placeOf(text, vector.unknownAt) }),
      );
    else expect(trace.unknowns).toEqual([]);
    const refused = (trace.problems ?? []).map(({ fact, by }) => [fact, by]);
    if (vector.refused === undefined) expect(refused).toEqual([]);
    for (const [fact, at] of vector.refused ?? [])
      expect(refused).toContainEqual([fact, expect.objectContaining(placeOf(text, at))]);
    if (vector.step !== undefined) {
      const [effect, fact] = vector.step;
      expect(trace.steps).toContainEqual(expect.objectContaining({ effect, fact }));
    }
    expect([...trace.dependsOn]).toEqual(vector.dependsOn ?? []);
  });

  it("are all there, and name facts that the page of facts has", () => {
    expect([...new Set(VECTORS.map(({ fact }) => fact))]).toEqual(Array.from({ length: 24 }, (_, n) => `G${n + 1}`));
    const page = readFileSync("docs/facts.md", "utf8");
    const cited = VECTORS.flatMap(({ basis, refused = [] }) => [...basis, ...refused.map(([fact]) => fact)]);
    expect(cited.filter((fact) => !page.includes(`<a id="${fact.toLowerCase()}">`))).toEqual([]);
  });

  it.each(CASES)("$fact $protocol, the independent reading agrees: $name", (vector) => {
    const { resource } = smallEdge((small) => void vector.configure?.(small));
    const request = edgeRequest(vector.protocol, vector.sent, { target: vector.target ?? "/ws" });
    const { differences, oracle } = compareWithModel({ resource }, request, { reading: vector.assume ?? {} });
    expect(differences).toEqual([]);
    if (vector.outcome === undefined && vector.refused === undefined) expect(oracle.kind).toBe("backend");
    if (vector.status !== undefined) expect(oracle.statuses).toContain(vector.status);
  });

  it.each(BOTH)("G1 %s: nothing arrives that nobody sent and the edge does not add", (protocol) => {
    const trace = traceRequest(buildEdgeModel(graphOf(smallEdge())), edgeRequest(protocol, CREDENTIALS));
    const handshake = ["upgrade", "connection", "sec-websocket-key", "sec-websocket-version"];
    expect(trace.forward!.headers.map(([name]) => name).sort()).toEqual(
      [
        ...["host", "authorization", "cookie", "sec-websocket-protocol", "via", "x-forwarded-proto", "x-forwarded-for"],
        ...["x-cloud-trace-context", "forwarded", "traceparent", ...(protocol === "websocket" ? handshake : [])],
      ].sort(),
    );
  });
});
