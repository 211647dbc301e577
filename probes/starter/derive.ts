import { mayBeWritten } from "../../contract/header-checks.ts";
import { sameName } from "../../http/header-list.ts";
import type { HeaderState, Trace, TracedHeader } from "../facts/trace.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { namedPlaces } from "../model/places.ts";
import type { NamedHost } from "../model/places.ts";
import { traceRequest } from "../model/trace.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { mentionedHeaders, projectOf, regionOf } from "./read-graph.ts";
import type { SketchHeader, SketchRoute } from "./sketch.ts";
import { sketchText } from "./sketch-text.ts";

/** Headers that carry a credential more often than not, and must therefore cross. */
const CREDENTIALS = ["Authorization", "Cookie"] as const;

/** Paths behind which there is usually a WebSocket. */
const SOCKET_PATH = /(^|[/_.-])(ws|wss|sockets?|websockets?|socket\.io|realtime|cable|hub|stream|live)($|[/_.-])/i;

/**
 * Existing configuration → a starter contract: its hosts, paths and services, the credentials that are likely to cross,
 * and what the edge itself does to headers. What it does not tell stands as a comment.
 */
export function deriveContract(
  { source, isStack }: { readonly source: string; readonly isStack: boolean },
  graph: ResourceGraph,
  models: readonly EdgeModel[],
): string {
  const hosts = namedPlaces(graph);
  const names = [...CREDENTIALS, ...mentionedHeaders(graph).filter((name) => !isCredential(name))];
  const collected = new Collected();
  for (const host of hosts) for (const model of models) collectHost(host, model, names, collected);
  return sketchText({
    source,
    name: slug(graph.name, "edge"),
    stack: isStack && slug(graph.name, "") === graph.name ? graph.name : undefined,
    domain: commonDomain(hosts.filter(({ pattern }) => !pattern.includes("*")).map(({ host }) => host)),
    project: projectOf(graph),
    region: regionOf(graph),
    services: collected.services,
    headers: collected.headers,
    routes: collected.routes,
    open: [...new Set(collected.open)],
  });
}

/** What was seen so far; ids are given at first sight. */
class Collected {
  readonly services = new Map<string, string>();
  readonly headers: SketchHeader[] = [];
  readonly routes: SketchRoute[] = [];
  readonly open: string[] = [];

  /** By its label, its own name, or what Terraform calls it. */
  serviceId(address: string, { services }: EdgeModel): string {
    const known = [...this.services].find(([, own]) => own === address)?.[0];
    if (known !== undefined) return known;
    const service = services.find((each) => each.address === address);
    const text = service?.label ?? service?.name ?? /([^.]+)$/.exec(address)?.[1] ?? address;
    const id = free(slug(text, "service"), (each) => this.services.has(each));
    this.services.set(id, address);
    return id;
  }

  headerId(header: Omit<SketchHeader, "id">): string {
    const written = JSON.stringify(header.arrives);
    const known = this.headers.find(
      (each) => sameName(each.name, header.name) && JSON.stringify(each.arrives) === written,
    );
    if (known !== undefined) return known.id;
    const id = free(slug(header.name, "header"), (each) => this.headers.some((other) => other.id === each));
    this.headers.push({ id, ...header });
    return id;
  }
}

function collectHost(host: NamedHost, model: EdgeModel, names: readonly string[], collected: Collected): void {
  if (host.pattern.includes("*"))
    collected.open.push(`host ${host.pattern}: a contract names each host; write a route for those that are in use`);
  const routes = new Map<string, SketchRoute>();
  for (const { form, path, isForm } of host.paths) {
    const trace = look(model, host.host, path, names);
    if (!isForm || trace.service === undefined || host.pattern.includes("*")) {
      const why = isForm ? endOf(trace) : "no path form of a contract says this pattern";
      if (!host.pattern.includes("*")) collected.open.push(`${host.host} ${form}: ${why}`);
      continue;
    }
    const websocket = SOCKET_PATH.test(form.replace(/\*$/, ""));
    const service = collected.serviceId(trace.service, model);
    const headers = names.flatMap((name) => intentOf(name, trace, collected));
    const key = [service, websocket, ...headers].join(" ");
    const known = routes.get(key);
    routes.set(key, {
      host: host.host,
      paths: [...(known?.paths ?? []), form],
      service,
      websocket,
      headers,
    });
  }
  collected.routes.push(...routes.values());
}

/** What becomes of a plain request that carries every name in question. */
function look(model: EdgeModel, host: string, path: string, names: readonly string[]): Trace {
  return traceRequest(model, {
    scheme: "https",
    method: "GET",
    target: path,
    headers: [["Host", host], ...names.map((name) => [name, `headgate-${name.toLowerCase()}`] as const)],
    clientAddress: "192.0.2.1",
    edgeAddress: "192.0.2.2",
    traceId: "0".repeat(32),
  });
}

function intentOf(name: string, trace: Trace, collected: Collected): string[] {
  const traced = trace.headers.find((each) => sameName(each.name, name));
  const place = traced?.by.at(-1);
  const at = place === undefined ? "" : ` by ${place.file}:${place.line}`;
  if (isCredential(name)) {
    const because = isLost(traced?.state)
      ? `the configuration takes it away${at}: is that meant?`
      : "a likely credential";
    return [collected.headerId({ name, arrives: "unchanged", because })];
  }
  const arrives = intentFrom(traced);
  const isDeclarable = arrives === "never" || arrives === "unchanged" || mayBeWritten(name);
  return arrives === undefined || !isDeclarable
    ? []
    : [collected.headerId({ name, arrives, because: `as the configuration has it${at}` })];
}

function intentFrom(traced: TracedHeader | undefined): SketchHeader["arrives"] | undefined {
  if (traced?.state === "removed") return "never";
  if (traced?.state === "appended") return "appended";
  if (traced?.state !== "replaced" && traced?.state !== "added") return undefined;
  const [value] = traced.arrives;
  return { set: typeof value === "string" && value !== "" ? `^${escaped(value)}$` : "" };
}

function isLost(state: HeaderState | undefined): boolean {
  return state === "removed" || state === "replaced" || state === "appended" || state === "unknown";
}

function isCredential(name: string): boolean {
  return CREDENTIALS.some((each) => sameName(each, name));
}

function endOf({ outcome, unknowns, backend }: Trace): string {
  const [unknown] = unknowns;
  if (unknown !== undefined) return `it cannot be told where it goes: ${unknown.reason}`;
  return backend === undefined
    ? `it ends at the edge (${outcome})`
    : `${backend} is no Cloud Run service of this configuration`;
}

/** The longest name of two labels or more that all hosts are on or below. */
function commonDomain(hosts: readonly string[]): string {
  const [first = "example.com", ...rest] = hosts;
  const labels = first.split(".");
  const suffixes = labels.map((_, index) => labels.slice(index).join(".")).filter((suffix) => suffix.includes("."));
  const shared = suffixes.find((suffix) => rest.every((host) => host === suffix || host.endsWith(`.${suffix}`)));
  // A host of three labels or more is most often a name in a domain.
  return shared === undefined
    ? (suffixes.at(-1) ?? "example.com")
    : shared === first && labels.length > 2
      ? (suffixes[1] ?? shared)
      : shared;
}

function slug(text: string, otherwise: string): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 30)
    .replace(/-+$/, "");
  return clean === "" ? otherwise : clean;
}

function free(id: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(id)) return id;
  for (let number = 2; ; number += 1) {
    const next = `${id.slice(0, 26)}-${number}`;
    if (!isTaken(next)) return next;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
