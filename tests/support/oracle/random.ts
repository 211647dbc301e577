import fc from "fast-check";
import { ASSUMPTIONS } from "../../../probes/model/assumptions.ts";
import type { Line, OracleRequest } from "./types.ts";

/** Hosts of the reference system in staging, near misses, ports and capitals. */
const HOSTS = [
  "api.staging.example.com",
  "API.Staging.Example.COM",
  "api.staging.example.com:443",
  "auth.staging.example.com",
  "app.staging.example.com",
  "www.staging.example.com",
  "staging.example.com",
  "example.com",
];

const PATHS = [
  "/ws",
  "/ws/",
  "/ws/live",
  "/wsx",
  "//ws",
  "/ws//live",
  "\\ws",
  "/ws\\live",
  "/%77s",
  "/WS",
  "/api",
  "/api/",
  "/api/v1/items",
  "/apix",
  "/",
  "/anything",
  "/ws#part",
  "/ws/../api/x",
];

const NAMES = [
  "Authorization",
  "Cookie",
  "Origin",
  "Sec-WebSocket-Protocol",
  "X-Forwarded-For",
  "X-Forwarded-Proto",
  "X-Request-Source",
  "X-E2E-Bypass",
  "X-User-Id",
  "X-A",
  "Via",
  "X-Cloud-Trace-Context",
  "X-Goog-Iap-Jwt-Assertion",
  "X-Serverless-Authorization",
  "Proxy-Authorization",
  "Keep-Alive",
  "TE",
  "Trailer",
  "x_under_score",
  "Accept",
];

const VALUES = [
  "",
  "c",
  "client, two",
  "Bearer token",
  "Bearer aa.bb.cc",
  "a=1; b=2",
  "203.0.113.77",
  "{client_ip_address}",
];

/** Values that a header keeps to its grammar in. */
const OWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  Via: ["1.0 fred"],
  "X-Forwarded-For": ["203.0.113.77", "203.0.113.77, 10.0.0.1"],
  "X-Cloud-Trace-Context": ["abcdefabcdefabcdefabcdefabcdefab/7;o=1"],
};

const randomCase = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());

export const line: fc.Arbitrary<Line> = fc
  .constantFrom(...NAMES)
  .chain((name) => fc.tuple(randomCase(name), fc.constantFrom(...(OWN_VALUES[name] ?? VALUES))));

/** Lines of one kind that a random list would seldom hold. */
const special: fc.Arbitrary<readonly Line[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.constant([["Connection", "x-a, Authorization"]] as const) },
  { weight: 1, arbitrary: fc.constant([["Connection", "keep-alive"]] as const) },
  { weight: 1, arbitrary: fc.constant([["Big", "b".repeat(61 * 1024)]] as const) },
  { weight: 1, arbitrary: fc.constant([["Big", "b".repeat(50 * 1024)]] as const) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 200 }, (_, n) => ["Cookie", `c${n}=v`] as const)) },
  { weight: 1, arbitrary: fc.constant([["Upgrade", "foo"]] as const) },
  {
    weight: 1,
    arbitrary: fc.constant([
      ["Upgrade", "h2c"],
      ["Connection", "Upgrade"],
    ] as const),
  },
  { weight: 1, arbitrary: fc.constant([["Upgrade", "websocket"]] as const) },
  { weight: 1, arbitrary: fc.constant([["Upgrade", "WebSocket"]] as const) },
  { weight: 1, arbitrary: fc.constant([["X Bad", "name"]] as const) },
  {
    weight: 1,
    arbitrary: fc.constant([
      ["Content-Length", "0"],
      ["content-length", "0"],
    ] as const),
  },
);

export const HANDSHAKE: readonly Line[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant("GET") },
  { weight: 3, arbitrary: fc.constantFrom("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW") },
);

export const target: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...PATHS) },
      { weight: 1, arbitrary: fc.webPath().map((path) => (path.startsWith("/") ? path : `/${path}`)) },
      { weight: 1, arbitrary: fc.constant(`/ws/${"l".repeat(9000)}`) },
    ),
    fc.constantFrom("", "", "?a=1", "?next=//ws\\x"),
  )
  .map(([path, query]) => path + query);

const MOSTLY_TLS: Drawn["scheme"] = fc.oneof(
  { weight: 9, arbitrary: fc.constant("https" as const) },
  { weight: 1, arbitrary: fc.constant("http" as const) },
);

/** What a random request is drawn from. */
export interface Drawn {
  readonly scheme: fc.Arbitrary<OracleRequest["scheme"]>;
  readonly target: fc.Arbitrary<string>;
  readonly line: fc.Arbitrary<Line>;
}

/** Requests as odd as clients send them. `hosts`: declared and undeclared ones, the first of them most often. */
export function anyRequest(
  hosts: readonly string[] = HOSTS,
  { scheme = MOSTLY_TLS, target: asked = target, line: sent = line }: Partial<Drawn> = {},
): fc.Arbitrary<OracleRequest> {
  return fc
    .record({
      scheme,
      isWebSocket: fc.boolean(),
      isOdd: fc.integer({ min: 0, max: 19 }).map((drawn) => drawn === 0),
      method,
      target: asked,
      host: fc.oneof(
        { weight: 3, arbitrary: fc.constant(hosts[0]!) },
        { weight: 2, arbitrary: fc.constantFrom(...hosts) },
      ),
      lines: fc.array(sent, { maxLength: 6 }),
      special,
      clientAddress: fc.constantFrom("198.51.100.7", "203.0.113.5", "2001:db8::7"),
    })
    .map(({ isWebSocket, isOdd, host, lines, special: odd, method: drawn, ...more }) => ({
      ...more,
      method: isWebSocket && !isOdd ? "GET" : drawn,
      edgeAddress: "127.0.0.1",
      headers: [["Host", host], ...(isWebSocket ? HANDSHAKE : []), ...lines, ...odd] as Line[],
    }));
}

/** One answer to each of some open questions. */
export const anyReading: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record(
      Object.fromEntries(Object.entries(ASSUMPTIONS).map(([name, { values }]) => [name, fc.constantFrom(...values)])),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Readonly<Record<string, string>>>,
  },
);
