import type { Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asNumber,
  asString,
  attribute,
  blocks,
  knownText,
  missing,
  singleBlock,
} from "../terraform/graph.ts";
import type { Maybe, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { buildActions } from "./build-actions.ts";
import type { Author } from "./build-actions.ts";
import { buildPolicy } from "./build-policy.ts";
import type { Findings } from "./findings.ts";
import { resolved } from "./lookup.ts";
import type { Destination, Redirect, Route, ToBackend, WeightedChoice } from "./url-map.ts";

const BACKENDS = [
  "google_compute_backend_service",
  "google_compute_region_backend_service",
  "google_compute_backend_bucket",
  "google_compute_region_backend_bucket",
];

const REDIRECT_STATUS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

export interface RouteContext {
  readonly graph: ResourceGraph;
  readonly author: Author;
}

/** Names of the attributes that say where requests go, in a rule or as a default. */
export type RouteKeys = Readonly<Record<"service" | "redirect" | "action", string>>;

export const RULE_KEYS: RouteKeys = { service: "service", redirect: "url_redirect", action: "route_action" };
export const DEFAULT_KEYS: RouteKeys = {
  service: "default_service",
  redirect: "default_url_redirect",
  action: "default_route_action",
};

/** Where a block sends requests, and what it does to them on the way. */
export function buildRoute(context: RouteContext, block: Value, keys: RouteKeys): Route {
  const found: Findings = { unknowns: [], problems: [] };
  const action = singleBlock(block, keys.action, found.unknowns);
  if (action !== undefined) found.unknowns.push(...unheardOf(action, "routeAction", { problems: found.problems }));
  const destination = destinationOf(context, block, keys, action, found);
  const policy = action === undefined ? {} : buildPolicy(action, found);
  return { destination, policy, ...found, by: destination.by };
}

function destinationOf(
  context: RouteContext,
  block: Value,
  keys: RouteKeys,
  action: Value | undefined,
  found: Findings,
): Destination {
  const [redirect, another] = blocks(block, keys.redirect);
  const reference = attribute(block, keys.service);
  const weighted = action === undefined ? [] : blocks(action, "weighted_backend_services");
  const ways = [redirect, reference, weighted[0]].filter((way) => way !== undefined);
  if (another !== undefined || ways.length > 1) {
    refuse(found, ways.at(-1) ?? block, "a rule has one destination, and so has a default: this is another one");
    return missing(block, "single destination");
  }
  if (redirect !== undefined) return redirectOf(redirect, found);
  if (weighted[0] !== undefined) {
    const choices = weighted.map((each) => choiceOf(context, each));
    return { kind: "weighted", choices, by: weighted[0].by };
  }
  if (reference !== undefined) return backendOf(context.graph, reference);
  if (block.kind === "object") refuse(found, block, `a destination is missing: ${Object.values(keys).join(" or ")}`);
  return missing(block, keys.service);
}

function refuse({ problems }: Findings, { by }: Value, reason: string): void {
  problems.push({ reason, found: "apply", by });
}

function backendOf(graph: ResourceGraph, reference: Value): ToBackend | Unknown {
  const backend = resolved(graph, reference, BACKENDS);
  return "kind" in backend ? backend : { kind: "backend", address: backend.address, by: reference.by };
}

/** A weight that cannot be read may be any (fact U20), and none that is written has no documented default. */
function choiceOf({ graph, author }: RouteContext, block: Value): WeightedChoice {
  const found: Findings = { unknowns: [], problems: [] };
  found.unknowns.push(...unheardOf(block, "weightedService", { problems: found.problems }));
  const written = attribute(block, "weight");
  const weight = written === undefined ? missing(block, "weight") : asNumber(written);
  const reference = attribute(block, "backend_service");
  return {
    weight: weight.kind === "known" ? weight.value : 1,
    unweighed: weight.kind === "known" ? undefined : weight,
    destination: reference === undefined ? missing(block, "backend_service") : backendOf(graph, reference),
    actions: buildActions(block, { level: "weighted-backend-service", author, found }),
    ...found,
  };
}

function redirectOf(block: Value, found: Findings): Destination {
  found.unknowns.push(...unheardOf(block, "redirect", { problems: found.problems }));
  const code = attribute(block, "redirect_response_code");
  const status = code === undefined || knownText(code) === "" ? 301 : REDIRECT_STATUS[knownText(code) ?? ""];
  if (status === undefined)
    return { kind: "unknown", reason: "has a redirect code that the model does not know", by: (code ?? block).by };
  const flags = { https: flag(block, "https_redirect"), stripQuery: flag(block, "strip_query") };
  const texts = {
    host: optional(block, "host_redirect"),
    path: optional(block, "path_redirect"),
    prefix: optional(block, "prefix_redirect"),
  };
  const unread = [...Object.values(flags), ...Object.values(texts)].find((each) => each?.kind === "unknown");
  if (unread?.kind === "unknown") return unread;
  if (texts.path !== undefined && texts.prefix !== undefined)
    return missing(block, "single path_redirect or prefix_redirect");
  const text = (name: keyof typeof texts): Partial<Redirect> => {
    const value = texts[name];
    return value?.kind === "known" ? { [name]: value.value } : {};
  };
  return {
    kind: "redirect",
    ...text("host"),
    ...text("path"),
    ...text("prefix"),
    https: flags.https.kind === "known" && flags.https.value,
    stripQuery: flags.stripQuery.kind === "known" && flags.stripQuery.value,
    status,
    by: block.by,
  };
}

/** The provider does not send an empty text, so it is as good as absent (fact U5). */
function optional(block: Value, name: string): Maybe<string> | undefined {
  const written = attribute(block, name);
  return written === undefined || knownText(written) === "" ? undefined : asString(written);
}

/** A flag that is false when it is not written. */
function flag(block: Value, name: string): Maybe<boolean> {
  const written = attribute(block, name);
  return written === undefined ? { kind: "known", value: false, by: block.by } : asBoolean(written);
}
