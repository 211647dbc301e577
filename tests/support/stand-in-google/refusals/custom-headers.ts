import type { ResourceType } from "../resources.ts";
import { bodiesWith, blocks, text, texts } from "../value.ts";
import type { Body } from "../value.ts";
import { firstTwice, invalid } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const HOP_BY_HOP = ["keep-alive", "transfer-encoding", "te", "connection", "trailer", "upgrade"];
const PROXY_CREDENTIALS = ["proxy-authorization", "proxy-authenticate"];
const RESERVED_PREFIXES = ["x-google", "x-goog-", "x-gfe", "x-amz-"];
const RESERVED = ["x-user-ip", "cdn-loop", "authority"];
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MOST_HEADERS = 16;
const MOST_BYTES = 8 * 1024;

const BACKEND: readonly ResourceType[] = ["google_compute_backend_service"];
const URL_MAP: readonly ResourceType[] = ["google_compute_url_map"];

const isHopByHop = (name: string): boolean => [...HOP_BY_HOP, ...PROXY_CREDENTIALS].includes(name.toLowerCase());
const isReserved = (name: string): boolean =>
  RESERVED.includes(name.toLowerCase()) || RESERVED_PREFIXES.some((prefix) => name.toLowerCase().startsWith(prefix));

const FIELD = "customRequestHeaders";

export const CUSTOM_HEADER_REFUSALS: readonly RefusalRow[] = [
  namesRefused(
    "custom-header-hop-by-hop",
    "M3",
    ["V1", "H6"],
    isHopByHop,
    "The header is hop-by-hop and cannot be set.",
  ),
  namesRefused("custom-header-reserved", "M4", ["V1"], isReserved, "The header name is reserved."),
  namesRefused("custom-header-not-a-token", undefined, ["V1"], (name) => !TOKEN.test(name), "The name is not a token."),
  {
    id: "custom-header-twice",
    row: "M5",
    facts: ["V1"],
    resources: BACKEND,
    refuses: (body) => {
      const twice = firstTwice(namesOf(body).map((name) => name.toLowerCase()));
      return twice === undefined ? undefined : invalid(FIELD, twice, "The header name occurs more than once.");
    },
  },
  ...(["custom_request_headers", "custom_response_headers"] as const).map((attribute) => tooMany(attribute)),
  {
    id: "custom-headers-too-large",
    row: "M5",
    facts: ["V2"],
    resources: BACKEND,
    refuses: (body) => {
      const bytes = [...texts(body, "custom_request_headers"), ...texts(body, "custom_response_headers")]
        .map((header) => Buffer.byteLength(header))
        .reduce((sum, each) => sum + each, 0);
      return bytes <= MOST_BYTES
        ? undefined
        : invalid(FIELD, bytes, `All headers together exceed ${MOST_BYTES} bytes.`);
    },
  },
  mapNamesRefused("map-header-hop-by-hop", "M3", isHopByHop, "The header is hop-by-hop and cannot be set."),
  mapNamesRefused("map-header-reserved", "M4", isReserved, "The header name is reserved."),
  {
    id: "map-header-twice",
    facts: ["V6"],
    resources: URL_MAP,
    refuses: (body) => {
      const twice = bodiesWith(body, "request_headers_to_add")
        .map((action) => firstTwice(addedNames(action).map((name) => name.toLowerCase())))
        .find((each) => each !== undefined);
      return twice === undefined
        ? undefined
        : invalid("requestHeadersToAdd", twice, "The header name occurs more than once.");
    },
  },
];

function tooMany(attribute: "custom_request_headers" | "custom_response_headers"): RefusalRow {
  const kind = attribute === "custom_request_headers" ? "request" : "response";
  return {
    id: `custom-${kind}-headers-too-many`,
    row: "M5",
    facts: ["V2"],
    resources: BACKEND,
    refuses: (body) => {
      const { length } = texts(body, attribute);
      if (length <= MOST_HEADERS) return undefined;
      return invalid(
        `custom${kind === "request" ? "Request" : "Response"}Headers`,
        length,
        `At most ${MOST_HEADERS} are allowed.`,
      );
    },
  };
}

function namesRefused(
  id: string,
  row: RefusalRow["row"],
  facts: readonly string[],
  isRefused: (name: string) => boolean,
  why: string,
): RefusalRow {
  return {
    id,
    ...(row === undefined ? {} : { row }),
    facts,
    resources: BACKEND,
    refuses: (body) => {
      const found = namesOf(body).find(isRefused);
      return found === undefined ? undefined : invalid(FIELD, found, why);
    },
  };
}

function mapNamesRefused(
  id: string,
  row: RefusalRow["row"] & string,
  isRefused: (name: string) => boolean,
  why: string,
): RefusalRow {
  return {
    id,
    row,
    facts: ["V6"],
    resources: URL_MAP,
    refuses: (body) => {
      const found = bodiesWith(body, "request_headers_to_add").flatMap(addedNames).find(isRefused);
      return found === undefined ? undefined : invalid("requestHeadersToAdd.headerName", found, why);
    },
  };
}

const namesOf = (body: Body): readonly string[] =>
  texts(body, "custom_request_headers").map((header) => header.split(":")[0]!.trim());

const addedNames = (action: Body): readonly string[] =>
  blocks(action, "request_headers_to_add").map((each) => text(each, "header_name") ?? "");
