import { createHmac, randomBytes } from "node:crypto";
import { hasHeader, sameName } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isToken } from "../../http/token.ts";
import type { Fingerprint } from "../facts/result.ts";
import type { EdgeRequest, Trace } from "../facts/trace.ts";
import { ASSUMPTIONS } from "../model/assumptions.ts";
import type { AssumptionName, Assumptions } from "../model/assumptions.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { traceRequest } from "../model/trace.ts";
import { traceDocument } from "../report/trace-document.ts";
import { renderTraceJson } from "../report/trace-json.ts";
import type { TraceDocument } from "../report/trace-schema.ts";
import { INDISCREET, discretion } from "../report/trace-secrets.ts";
import { renderTraceText } from "../report/trace-text.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import { DEFAULT_SOURCE, assumptionsOf, chooseEdge, clientAddressOf, meant } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

export interface TraceVerbOptions {
  readonly url: string;
  readonly websocket?: boolean;
  readonly method?: string;
  /** Lines as a client writes them, `Name: value`. */
  readonly header?: readonly string[];
  readonly clientAddress?: string;
  readonly assume?: readonly string[];
  readonly env?: string;
  readonly edge?: string;
  readonly format: string;
  readonly showValues?: boolean;
}

const FORMATS = ["text", "json"] as const;

/** RFC 6455 §1.3 has this key: a real client draws 16 bytes. */
const HANDSHAKE: readonly HeaderLine[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
  ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"],
];

/**
 * Says what the edge of a configuration does with one request. Sends nothing. Gives 0 whenever there was an answer, also
 * where it holds unknowns.
 * @throws UsageError, ConfigurationError
 */
export function trace(source: string = DEFAULT_SOURCE, options: TraceVerbOptions, context: CommandContext): number {
  const format = formatOf(options.format);
  const assumptions = assumptionsOf(options.assume);
  const wish = wishOf(options);
  const request = requestOf(wish, options);
  const { env, edge } = options;
  const host = wish.host.replace(/:\d+$/, "");
  const model = chooseEdge(source, { ...(env !== undefined && { env }), ...(edge !== undefined && { edge }), host });
  const traced = traceRequest(atPort(model, wish), request, assumptions);
  const speech = options.showValues === true ? INDISCREET : discretion(request, fingerprinter());
  const document = traceDocument(
    {
      tool: `headgate ${context.toolVersion}`,
      configuration: { at: source, env: model.name, edge: model.edge ?? null, digest: model.digest },
      request: {
        method: request.method,
        url: wish.url,
        websocket: wish.websocket,
        clientAddress: options.clientAddress ?? null,
      },
      trace: traced,
      assumptions: questionsOf(traced, assumptions),
    },
    speech,
  );
  const colour = context.isTerminal.stdout && context.env["NO_COLOR"] === undefined;
  context.stdout(format === "json" ? renderTraceJson(document) : renderTraceText(document, { colour }));
  return 0;
}

function formatOf(written: string): (typeof FORMATS)[number] {
  const known = FORMATS.find((each) => each === written);
  if (known !== undefined) return known;
  throw new UsageError(`unknown format ${written}${meant(written, FORMATS)} (valid: ${FORMATS.join(", ")})`);
}

/** What the URL asks for. */
interface Wish {
  readonly url: string;
  readonly scheme: "http" | "https";
  /** As it stands in `Host`: with a port that is not the scheme's own. */
  readonly host: string;
  readonly port: number;
  readonly target: string;
  readonly websocket: boolean;
}

const SCHEMES: Readonly<Record<string, Pick<Wish, "scheme"> & { readonly socket: boolean }>> = {
  "http:": { scheme: "http", socket: false },
  "https:": { scheme: "https", socket: false },
  "ws:": { scheme: "http", socket: true },
  "wss:": { scheme: "https", socket: true },
};

function wishOf({ url, websocket }: TraceVerbOptions): Wish {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const kind = parsed === undefined ? undefined : SCHEMES[parsed.protocol];
  // Words that are not understood may hold a credential, so they are not repeated.
  if (parsed === undefined || kind === undefined || parsed.hostname === "")
    throw new UsageError("--url is not a URL of an edge; write https://HOST/PATH, http://…, wss://… or ws://…");
  if (parsed.username !== "" || parsed.password !== "")
    throw new UsageError("--url holds a name or a password, which no client sends so; say --header 'Authorization: …'");
  const { scheme, socket } = kind;
  return {
    url: parsed.href,
    scheme,
    host: parsed.host,
    port: parsed.port === "" ? (scheme === "https" ? 443 : 80) : Number(parsed.port),
    target: `${asTyped(url, parsed)}${parsed.search}`,
    websocket: websocket === true || socket,
  };
}

/** A client folds `..` away, and keeps what the parser would not: two slashes, blanks encoded by hand, a backslash. */
function asTyped(url: string, { pathname, host }: URL): string {
  const [, path = ""] = new RegExp(`^[a-z]+://${host.replace(/[.[\]]/g, "\\$&")}([^?#]*)`, "i").exec(url) ?? [];
  return path.includes("\\") ? path : pathname;
}

function requestOf(wish: Wish, options: TraceVerbOptions): EdgeRequest {
  const given = (options.header ?? []).map(lineOf);
  const usual: HeaderLine[] = [["Host", wish.host], ...(wish.websocket ? HANDSHAKE : [])];
  const kept = usual.filter(([name]) => !hasHeader(given, name));
  const method = options.method ?? "GET";
  if (!isToken(method)) throw new UsageError(`--method ${method} is no method of HTTP`);
  return {
    scheme: wish.scheme,
    method,
    target: wish.target,
    headers: [...kept, ...given].sort(hostFirst),
    clientAddress: clientAddressOf(options.clientAddress) ?? PLACEHOLDER,
    edgeAddress: PLACEHOLDER,
    traceId: PLACEHOLDER,
  };
}

function hostFirst([a]: HeaderLine, [b]: HeaderLine): number {
  return Number(sameName(b, "host")) - Number(sameName(a, "host"));
}

/** What follows the name is never repeated: it may be a credential. */
function lineOf(text: string): HeaderLine {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new UsageError("--header is not a header line; write --header 'Name: value'");
  const [name, value] = [text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
  const bytes = Buffer.from(value, "utf8").toString("latin1");
  if (/[\r\n\0]/.test(name + bytes))
    throw new UsageError(`--header ${JSON.stringify(name)} holds a line end or a NUL: that is no one line`);
  return [name, bytes];
}

/** The edge as a client meets it who connects to this port. */
function atPort(model: EdgeModel, { port, scheme }: Wish): EdgeModel {
  // Port 0 stands for one that cannot be read, which is an unknown of its own.
  const listeners = model.listeners.filter((each) => each.scheme !== scheme || each.port === port || each.port === 0);
  return { ...model, listeners };
}

function questionsOf({ dependsOn }: Trace, assumptions: Assumptions): TraceDocument["assumptions"] {
  return (dependsOn as readonly AssumptionName[]).map((name) => {
    const { question, values } = ASSUMPTIONS[name];
    const value = assumptions[name] ?? values[0];
    return { name, question, value, otherwise: values.filter((each) => each !== value) };
  });
}

/** Keyed anew each time: fingerprints compare inside one trace and tell nothing outside it. */
function fingerprinter(): (value: string) => Fingerprint {
  const key = randomBytes(32);
  return (value) => ({
    hash: createHmac("sha256", key).update(value, "utf8").digest("hex").slice(0, 8),
    bytes: Buffer.byteLength(value, "utf8"),
  });
}
