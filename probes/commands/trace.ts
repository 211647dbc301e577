import { createHmac, randomBytes } from "node:crypto";
import type { Fingerprint } from "../facts/result.ts";
import type { Trace } from "../facts/trace.ts";
import { ASSUMPTIONS } from "../model/assumptions.ts";
import type { AssumptionName, Assumptions } from "../model/assumptions.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { traceRequest } from "../model/trace.ts";
import { traceDocument } from "../report/trace-document.ts";
import { renderTraceJson, renderTraceLine } from "../report/trace-json.ts";
import type { TraceDocument } from "../report/trace-schema.ts";
import { INDISCREET, discretion } from "../report/trace-secrets.ts";
import { renderTraceText } from "../report/trace-text.ts";
import { DEFAULT_SOURCE, assumptionsOf, chooseEdge, clientAddressOf, meant, readEdges } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { placed, readRequests } from "./requests-file.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";
import { lineOf, wished } from "./trace-request.ts";
import type { ClientName, Wish, Wished } from "./trace-request.ts";

export interface TraceVerbOptions extends SourceChoice {
  readonly url?: string;
  /** File of JSON lines, one request each; `-`: standard input. */
  readonly requests?: string;
  readonly websocket?: boolean;
  readonly method?: string;
  /** Lines as a client writes them, `Name: value`. */
  readonly header?: readonly string[];
  readonly client?: ClientName;
  readonly clientAddress?: string;
  readonly assume?: readonly string[];
  readonly env?: string;
  readonly edge?: string;
  readonly format: string;
  readonly showValues?: boolean;
}

const FORMATS = ["text", "json"] as const;

/**
 * Says what the edge of a configuration does with one request, or with each of a file. Sends nothing. Gives 0 whenever
 * there was an answer, also where it holds unknowns.
 * @throws UsageError, ConfigurationError
 */
export async function trace(
  source: string = DEFAULT_SOURCE,
  options: TraceVerbOptions,
  context: CommandContext,
): Promise<number> {
  const format = formatOf(options.format);
  const assumptions = assumptionsOf(options.assume);
  const wishes = wishesOf(options);
  const many = options.requests !== undefined;
  const edges = await readEdges(source, sourceOptions(options));
  for (const warning of edges.warnings) context.stderr(`headgate: warning: ${warning}\n`);
  const setting: Setting = { edges, assumptions, options, tool: `headgate ${context.toolVersion}` };
  const colour = context.isTerminal.stdout && context.env["NO_COLOR"] === undefined;
  for (const wish of wishes) {
    const document = documentOf(wish, setting);
    if (many) {
      context.stdout(renderTraceLine({ id: wish.id, ...document }));
      if (!(await context.drained())) break;
    } else context.stdout(format === "json" ? renderTraceJson(document) : renderTraceText(document, { colour }));
  }
  return 0;
}

interface Setting {
  readonly edges: EdgeSource;
  readonly assumptions: Assumptions;
  readonly options: TraceVerbOptions;
  readonly tool: string;
}

type AnyWish = Wish & { readonly id?: string | number; readonly at?: string };

function wishesOf(options: TraceVerbOptions): readonly AnyWish[] {
  const { url, requests, method, websocket, client } = options;
  if ((url === undefined) === (requests === undefined))
    throw new UsageError("name one request with --url URL, or a file of them with --requests FILE");
  const clientAddress = clientAddressOf(options.clientAddress);
  const common = {
    ...(client !== undefined && { client }),
    ...(clientAddress !== undefined && { clientAddress }),
  };
  const headers = (options.header ?? []).map(lineOf);
  if (requests !== undefined)
    return readRequests(requests).map((wish) => ({ ...common, ...wish, headers: [...wish.headers, ...headers] }));
  const own = { ...(method !== undefined && { method }), ...(websocket !== undefined && { websocket }) };
  return [{ ...common, ...own, url: url!, headers }];
}

function documentOf(wish: AnyWish, { edges, assumptions, options, tool }: Setting): TraceDocument {
  const asked = placed(wish.at, () => wished(wish));
  const { env, edge } = options;
  const choice = { ...(env !== undefined && { env }), ...(edge !== undefined && { edge }), host: asked.host };
  const model = placed(wish.at, () => chooseEdge(edges, choice));
  const traced = traceRequest(atPort(model, asked), asked.request, assumptions);
  const speech =
    options.showValues === true ? INDISCREET : discretion({ ...asked.request, headers: wish.headers }, fingerprinter());
  return traceDocument(
    {
      tool,
      configuration: { at: edges.at, env: model.name, edge: model.edge ?? null, digest: model.digest },
      request: {
        method: asked.request.method,
        url: asked.url,
        websocket: asked.websocket,
        clientAddress: wish.clientAddress ?? null,
      },
      trace: withWithheld(traced, asked),
      assumptions: questionsOf(traced, assumptions),
    },
    speech,
  );
}

/** What the client could not send stands with the rest: it is absent, and the client is why. */
function withWithheld(traced: Trace, { withheld }: Wished): Trace {
  const headers = withheld.filter(({ name }, index) => withheld.findIndex((each) => each.name === name) === index);
  const added = headers.filter(({ name }) => !traced.headers.some((each) => each.name === name));
  const acted = traced.headers.map((each) => {
    const own = headers.find(({ name }) => name === each.name);
    return own === undefined ? each : { ...each, by: [...own.by, ...each.by] };
  });
  return { ...traced, headers: [...acted, ...added] };
}

function formatOf(written: string): (typeof FORMATS)[number] {
  const known = FORMATS.find((each) => each === written);
  if (known !== undefined) return known;
  throw new UsageError(`unknown format ${written}${meant(written, FORMATS)} (valid: ${FORMATS.join(", ")})`);
}

/** The edge as a client meets it who connects to this port. */
function atPort(model: EdgeModel, { port, request: { scheme } }: Wished): EdgeModel {
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
