import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WitnessReport } from "../../../contract/probe-protocol.ts";
import { valuesOf } from "../../../http/header-list.ts";
import type { HeaderLine } from "../../../http/header-list.ts";
import { isToken } from "../../../http/token.ts";
import { startEmulator } from "../../../probes/emulator/start.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Witness } from "../../../probes/witness/start.ts";
import { KEY, signedTarget } from "../../support/attempt-fixture.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { TRACE_ID, edgeRequest } from "../../support/edge-request.ts";
import { rawClient, requestBytes } from "../../support/raw-sockets.ts";

const RUNS = process.env["HEADGATE_SOAK"] === undefined ? 25 : 1000;

const NAMES = [
  "Authorization",
  "authorization",
  "X-A",
  "x-a",
  "X-B",
  "Cookie",
  "Sec-WebSocket-Protocol",
  "X-Forwarded-For",
];
const VALUES = ["", "one", "two", "Bearer c", "a, b", "{client_ip_address}", "{authorization}", "caf\u00e9"];

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(...VALUES);
const replace = fc.constantFrom(true, false, undefined);
const action = fc.record({
  request_headers_to_remove: fc.array(name, { maxLength: 2 }),
  request_headers_to_add: fc.array(fc.record({ header_name: name, header_value: value, replace }), { maxLength: 2 }),
});
const configuration = fc.record({
  route: action,
  matcher: action,
  map: action,
  custom: fc.uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([own]) => own.toLowerCase() }),
});
/** A client's own values hold no variable: they are sent as they are. */
const line = fc.tuple(name, fc.constantFrom("", "mine", "Bearer c", "a, b", "caf\u00e9"));
// Two lines of this name are answered by Cloud Run, not by the service (R13).
const lines = fc
  .array(line, { maxLength: 4 })
  .filter((all) => all.filter(([own]) => own.toLowerCase() === "authorization").length < 2);
const assumptions = fc.record(
  {
    "repeated-headers": fc.constantFrom("separate", "joined"),
    "remove-and-add": fc.constantFrom("remove-first", "add-first"),
    "replace-false-literal": fc.constantFrom("replaced", "appended"),
    "empty-backend-header": fc.constantFrom("sent-empty", "removed"),
    "empty-url-map-header": fc.constantFrom("skipped", "sent-empty"),
  },
  { requiredKeys: [] },
);

type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

const configured = ({ route, matcher, map, custom }: Configuration) =>
  edgeModel(({ urlMap, pathMatcher, routeRule, backend }: SmallEdge) => {
    routeRule["header_action"] = route;
    pathMatcher["header_action"] = matcher;
    urlMap["header_action"] = map;
    backend["custom_request_headers"] = custom.map(([own, written]) => `${own}: ${written}`);
  });

let witness: Witness;
beforeAll(async () => {
  witness = await startWitness({ service: "backend", key: KEY });
});
afterAll(() => witness.close());

/** The report of the witness behind the emulator: the JSON in whatever came back, over HTTP or as a first message. */
async function reportBehind(port: number, bytes: string): Promise<WitnessReport> {
  const client = await rawClient(port);
  try {
    client.send(bytes);
    const text = await client.until((all) => all.endsWith("]]}"));
    return JSON.parse(Buffer.from(text.slice(text.indexOf('{"schema"')), "latin1").toString("utf8")) as WitnessReport;
  } finally {
    client.socket.destroy();
  }
}

function hasGoodSubprotocols(headers: readonly HeaderLine[]): boolean {
  const offered = valuesOf(headers, "sec-websocket-protocol").flatMap((text) => text.split(/, ?/));
  return offered.every(isToken) && new Set(offered).size === offered.length;
}

/** Header lines with the drawn trace id masked: it alone may differ between two runs. */
const masked = (headers: readonly HeaderLine[]): HeaderLine[] =>
  headers.map(([own, written]) => [
    own,
    own === "traceparent" || own === "x-cloud-trace-context" ? written.replace(/[0-9a-f]{16,32}/g, "") : written,
  ]);

describe.each(["http", "websocket"] as const)("over %s", (protocol) => {
  it("the witness behind the emulator receives what the model says", async () => {
    await fc.assert(
      fc.asyncProperty(configuration, lines, assumptions, async (config, sent, assume) => {
        const model = configured(config);
        const target = signedTarget();
        const loopback = { clientAddress: "127.0.0.1", edgeAddress: "127.0.0.1", target };
        const request = edgeRequest(protocol, sent, loopback);
        const trace = traceRequest(model, request, assume);
        // Several credentials may also come of the configuration; that answer is Cloud Run's.
        fc.pre(trace.outcome === "backend");
        // A server must refuse a handshake whose subprotocols are malformed (RFC 6455 §4.1).
        fc.pre(protocol === "http" || hasGoodSubprotocols(trace.forward!.headers));
        const backends = { [ADDRESS.apiService]: { host: "127.0.0.1", port: witness.port } };
        const emulator = await startEmulator(model, { tls: false, backends, assumptions: assume });
        try {
          const written = request.headers.map(([own, text]) => `${own}: ${text}`);
          const report = await reportBehind(emulator.ports.https!, requestBytes(`GET ${target} HTTP/1.1`, written));
          expect(masked(report.headers)).toEqual(masked(trace.forward!.headers));
          expect(report.target).toBe(trace.forward!.target);
        } finally {
          await emulator.close();
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("what is removed at the URL map never arrives, however often and in whatever case it is named", () => {
    fc.assert(
      fc.property(configuration, lines, fc.constantFrom("X-A", "x-a", "X-a"), (config, sent, removed) => {
        const once = {
          ...config,
          map: { ...config.map, request_headers_to_remove: [removed], request_headers_to_add: [] },
        };
        const twice = { ...once, map: { ...once.map, request_headers_to_remove: [removed, "X-A", "x-A"] } };
        const custom = config.custom.filter(([own]) => own.toLowerCase() !== "x-a");
        const request = edgeRequest(protocol, sent);
        const [first, second] = [once, twice].map((each) => traceRequest(configured({ ...each, custom }), request));
        expect(second!.forward).toEqual(first!.forward);
        expect((first!.forward?.headers ?? []).filter(([own]) => own === "x-a")).toEqual([]);
      }),
      { numRuns: RUNS * 4 },
    );
  });

  it("the case of a name makes no difference, in the configuration or in the request", () => {
    const upper = <T extends readonly [string, string]>([own, text]: T) =>
      [own.toUpperCase(), text] as [string, string];
    const upperAction = ({ request_headers_to_remove, request_headers_to_add }: Configuration["map"]) => ({
      request_headers_to_remove: request_headers_to_remove.map((own) => own.toUpperCase()),
      request_headers_to_add: request_headers_to_add.map((add) => ({
        ...add,
        header_name: add.header_name.toUpperCase(),
      })),
    });
    fc.assert(
      fc.property(configuration, lines, assumptions, (config, sent, assume) => {
        const { route, matcher, map, custom } = config;
        const loud: Configuration = {
          route: upperAction(route),
          matcher: upperAction(matcher),
          map: upperAction(map),
          custom: custom.map(upper),
        };
        const plain = traceRequest(configured(config), edgeRequest(protocol, sent), assume);
        for (const [model, request] of [
          [configured(loud), edgeRequest(protocol, sent)],
          [configured(config), edgeRequest(protocol, sent.map(upper))],
        ] as const) {
          const other = traceRequest(model, request, assume);
          expect(other.forward).toEqual(plain.forward);
          expect(other.outcome).toBe(plain.outcome);
          expect(other.headers.map(({ name: own, state }) => [own, state]).sort()).toEqual(
            plain.headers.map(({ name: own, state }) => [own, state]).sort(),
          );
        }
      }),
      { numRuns: RUNS * 4 },
    );
  });

  it("what is sent and touched by nothing arrives as it was sent", () => {
    fc.assert(
      fc.property(lines, (sent) => {
        const own = sent.filter(([each]) => each !== "X-Forwarded-For");
        const trace = traceRequest(edgeModel(), edgeRequest(protocol, own));
        const arrived = trace.forward!.headers.map(([each, text]) => `${each}: ${text}`);
        let from = 0;
        for (const [each, text] of own) {
          from = arrived.indexOf(`${each.toLowerCase()}: ${text}`, from) + 1;
          expect(from).toBeGreaterThan(0);
        }
      }),
      { numRuns: RUNS * 4 },
    );
  });
});

it("the trace id of the model is the request's", () => {
  const trace = traceRequest(edgeModel(), edgeRequest("http"));
  expect(JSON.stringify(trace.forward)).toContain(TRACE_ID);
});
