import { routingMap } from "../reference.ts";
import { HANDSHAKE } from "./random.ts";
import type { Plain } from "./terraform.ts";
import type { Reading } from "./model.ts";
import type { Line, OracleRequest } from "./types.ts";

/** A request and a configuration on which oracle and model say different things, and why that is left so. */
export interface KnownDisagreement {
  readonly id: string;
  /** Facts on either side, and who is right by them. */
  readonly reason: string;
  /** Smallest change of the reference system that shows it. */
  readonly plant?: (terraform: Plain) => unknown;
  readonly request: OracleRequest;
  readonly reading?: Reading;
  /** Whether a difference that random cases find is this one. */
  readonly explains: (difference: string, where: Where) => boolean;
}

export interface Where {
  readonly terraform: Plain;
  readonly reading: Reading;
}

const HOST = "api.staging.example.com";

function requestOf(lines: readonly Line[]): OracleRequest {
  return {
    scheme: "https",
    method: "GET",
    target: "/ws",
    headers: [["Host", HOST], ...lines],
    clientAddress: "198.51.100.7",
    edgeAddress: "127.0.0.1",
  };
}

const remove = (name: string) => (terraform: Plain) =>
  routingMap(terraform).header_action.request_headers_to_remove.push(name);

const says = (pattern: RegExp) => (difference: string) => pattern.test(difference);

export const KNOWN_DISAGREEMENTS: readonly KnownDisagreement[] = [
  {
    id: "handshake-header-that-is-removed",
    reason:
      "U8 and Q2 leave open what the removal of Sec-WebSocket-… does on the wire, M8 calls it a certain break; the model " +
      "takes M8 and does not ask.",
    plant: remove("Sec-WebSocket-Key"),
    request: requestOf(HANDSHAKE),
    reading: { "reserved-removal": "kept" },
    explains: (difference, { reading }) =>
      reading["reserved-removal"] === "kept" && /^header sec-websocket-[a-z]+: \[/.test(difference),
  },
  {
    id: "host-that-connection-names",
    reason: "A10 drops what `Connection` names, H28 keeps Host end to end; the model keeps it without asking.",
    request: requestOf([["Connection", "host"]]),
    explains: says(/ instead of unknown \(H5b, H28\)$/),
  },
];

/** Differences that no known disagreement explains. */
export function unexplained(differences: readonly string[], where: Where): string[] {
  return differences.filter((each) => !KNOWN_DISAGREEMENTS.some(({ explains }) => explains(each, where)));
}
