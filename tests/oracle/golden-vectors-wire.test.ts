import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADDRESS, smallEdge } from "../support/edge-fixture.ts";
import { edgeRequest } from "../support/edge-request.ts";
import { PLATFORM_VECTORS } from "../support/golden-vectors-platform.ts";
import { EDGE_VECTORS } from "../support/golden-vectors.ts";
import { modelOf } from "../support/oracle/model.ts";
import { CLIENT, onTheWire, signed } from "../support/oracle/testify.ts";
import { startWireEdge, startWitnesses } from "../support/oracle/wire.ts";
import type { Witnesses } from "../support/oracle/wire.ts";

const WAYS = ["http", "websocket"] as const;

/** What Google refuses, no request meets; what nobody can tell, the emulator does not answer. */
const SERVED = [...EDGE_VECTORS, ...PLATFORM_VECTORS]
  .filter(({ refused, outcome }) => refused === undefined && outcome !== "unknown")
  .flatMap((vector) => (vector.protocols ?? WAYS).map((protocol) => ({ ...vector, protocol })));

let witnesses: Witnesses;
beforeAll(async () => {
  witnesses = await startWitnesses([{ address: ADDRESS.apiService }, { address: ADDRESS.webService }]);
});
afterAll(() => witnesses.close());

describe("the emulated edge answers the golden vectors on real sockets", () => {
  it.each(SERVED)("$fact over $protocol: $name", async ({ protocol, configure, sent, target, assume = {} }) => {
    const terraform = { resource: smallEdge((small) => void configure?.(small)).resource };
    const edge = await startWireEdge(modelOf(terraform), witnesses, { clientAddress: CLIENT, reading: assume });
    try {
      const request = signed({ ...edgeRequest(protocol, sent, { target: target ?? "/ws" }), edgeAddress: "127.0.0.1" });
      // Null would be a witness that cannot testify.
      expect(await onTheWire(request, { terraform, edge, reading: assume })).toEqual([]);
    } finally {
      await edge.close();
    }
  });
});
