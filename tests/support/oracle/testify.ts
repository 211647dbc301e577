import { SIGNATURE_HEADER } from "../../../contract/probe-protocol.ts";
import { askOracle } from "./ask.ts";
import { accountOfOracle, differences } from "./compare.ts";
import type { Account } from "./compare.ts";
import { unexplained } from "./known.ts";
import type { Reading } from "./model.ts";
import type { Plain } from "./terraform.ts";
import type { OracleRequest } from "./types.ts";
import { waysOf } from "./ways.ts";
import { accountOfReceived, signature } from "./wire.ts";
import type { WireEdge } from "./wire.ts";

/** The one client that an emulated edge has. */
export const CLIENT = "203.0.113.5";

export interface Shown {
  readonly terraform: Plain;
  readonly edge: WireEdge;
  readonly label?: string;
  readonly reading?: Reading;
}

/**
 * What the witness received compared with what the oracle expected, be it by one of the ways among which chance chooses;
 * null where no witness can testify.
 */
export async function onTheWire(request: OracleRequest, { terraform, edge, label, reading = {} }: Shown) {
  const options = { reading, ...(label !== undefined && { edge: label }) };
  const expected = waysOf(terraform, request, options).map((way) =>
    accountOfOracle(askOracle(terraform, way, options)),
  );
  const received = await edge.send(request);
  if (expected.some((each) => isSilent(each, request)) || received.status === 501) return null;
  const found = expected.map((each) => {
    const seen = accountOfReceived(received, each.backend);
    const as = { joined: reading["repeated-headers"] === "joined", real: true };
    return unexplained(differences(seen, each, as), { terraform, reading });
  });
  return found.find((each) => each.length === 0) ?? found[0]!;
}

function isSilent(expected: Account, request: OracleRequest): boolean {
  if (expected.kind === "tls-error" || expected.kind === "unknown") return true;
  return expected.kind === "backend" && !canTestify(expected, request);
}

/** A service answers a handshake that is complete, and a witness a signature that arrived. */
function canTestify({ headers }: Account, request: OracleRequest): boolean {
  const has = (name: string, value?: string | null): boolean => {
    const found = headers?.get(name) ?? [];
    return found.length === 1 && (value === undefined || found[0] === value);
  };
  if (!has(SIGNATURE_HEADER.toLowerCase(), request.headers.at(-1)![1]) || !has("host")) return false;
  return (
    !headers!.has("upgrade") || (has("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==") && has("sec-websocket-version"))
  );
}

/** The same request, signed, from the one client that an emulated edge has. */
export function signed(request: OracleRequest): OracleRequest {
  const method = ["HEAD", "BREW"].includes(request.method) ? "GET" : request.method;
  return { ...request, method, clientAddress: CLIENT, headers: [...request.headers, signature()] };
}
