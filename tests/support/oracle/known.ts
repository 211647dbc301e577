import { backendOf, routingMap } from "../reference.ts";
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

export const HOST = "api.staging.example.com";

export function requestOf(lines: readonly Line[] = [], more: Partial<OracleRequest> = {}): OracleRequest {
  return {
    scheme: "https",
    method: "GET",
    target: "/ws",
    headers: [["Host", HOST], ...lines],
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

const custom =
  (...lines: string[]) =>
  (terraform: Plain) =>
    (backendOf(terraform, "backend").custom_request_headers = lines);

/** Whether some level appends to this header. */
function appendsTo(name: string, terraform: Plain): boolean {
  const map = routingMap(terraform);
  const matchers: Plain[] = map.path_matcher;
  const levels: Plain[] = [map, ...matchers, ...matchers.flatMap(({ route_rules: rules }) => rules ?? [])];
  const adds: Plain[] = levels.flatMap(({ header_action: action }) => action?.request_headers_to_add ?? []);
  return adds.some(({ header_name: own, replace }) => own.toLowerCase() === name && replace !== true);
}

const says = (pattern: RegExp) => (difference: string) => pattern.test(difference);

export const KNOWN_DISAGREEMENTS: readonly KnownDisagreement[] = [
  {
    id: "append-to-a-header-of-the-proxy",
    reason:
      "M56 and section 9: what the proxy adds is an input of an appending custom header (`https,https`). The model " +
      "lets the appended value stand alone.",
    plant: add("X-Forwarded-Proto", "https", false),
    request: requestOf(),
    reading: { "replace-false-literal": "appended" },
    explains: (difference, { terraform }) => {
      const name = /^header (x-forwarded-(?:for|proto)): /.exec(difference)?.[1];
      return name !== undefined && appendsTo(name, terraform);
    },
  },
  {
    id: "location-of-a-folded-path",
    reason:
      "Section 9 folds slashes (H21, H22) at the front, before redirects; the model's Location names the path as sent, " +
      "also under the reading `before-match`.",
    request: requestOf([], { scheme: "http", target: "//ws" }),
    explains: says(/^location /),
  },
  {
    id: "empty-custom-header-that-nobody-sent",
    reason:
      "Q26: read as a removal, an empty custom header leaves nothing behind; the model lets an empty line arrive where " +
      "the client sent none.",
    plant: custom("X-A: "),
    request: requestOf(),
    reading: { "empty-backend-header": "removed" },
    explains: (difference, { reading }) =>
      reading["empty-backend-header"] === "removed" && /^header [^ ]+: \[""\] instead of \[(null)?\]$/.test(difference),
  },
  {
    id: "replace-left-out",
    reason:
      "U5: the provider sends `false` and a missing `replace` as the same bytes, so Q4 is open for both; the model " +
      "asks it for `false` alone. U6: Terraform refuses the missing one at these levels.",
    plant: add("X-A", "edge"),
    request: requestOf([["X-A", "c"]]),
    reading: { "replace-false-literal": "appended" },
    explains: () => false,
  },
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
