import type { ArmorRule, Backend, SecurityPolicy } from "../../model/edge-model.ts";
import { evaluate } from "../../model/armor-expression.ts";
import type { ArmorSubject } from "../../model/armor-expression.ts";
import { attribute, blocks, knownText } from "../../terraform/graph.ts";
import type { ResourceGraph, Value } from "../../terraform/graph.ts";
import type { Subject } from "./define-rule.ts";
import { socketBackends } from "./sockets.ts";
import type { SocketWay } from "./sockets.ts";
import { sampleOf } from "./ways.ts";

/** A security policy that handshakes come to, and the rules that may decide on one, by priority. */
export interface MetPolicy {
  readonly policy: SecurityPolicy;
  readonly backend: Backend;
  readonly rules: readonly ArmorRule[];
}

/** Policies of the backend services that sockets lead to, each once. Rules in preview act on nothing. */
export function policiesMet(subject: Subject): MetPolicy[] {
  const met = new Map<string, MetPolicy>();
  for (const { item: backend, ways } of socketBackends(subject)) {
    const { policy } = backend;
    if (policy === undefined) continue;
    const rules = new Set([...(met.get(policy.address)?.rules ?? []), ...ways.flatMap((way) => rulesMet(policy, way))]);
    met.set(policy.address, { policy, backend, rules: policy.rules.filter((rule) => rules.has(rule)) });
  }
  return [...met.values()];
}

/** Rules that may match, up to the one that decides for certain. */
function rulesMet({ rules }: SecurityPolicy, way: SocketWay): ArmorRule[] {
  const handshake = handshakeOf(way);
  const met: ArmorRule[] = [];
  for (const rule of rules) {
    const truth = evaluate(rule.condition, handshake);
    if (truth !== false) met.push(rule);
    if (truth === true) break;
  }
  return met;
}

/** A header of which nothing is known but that it is there: of two lines no rule is told to see either. */
const SOMETHING = ["", ""];

function handshakeOf({ host, path }: SocketWay): ArmorSubject {
  const known: Readonly<Record<string, readonly string[]>> = {
    host: host === undefined || host.includes("*") ? SOMETHING : [host],
    upgrade: SOMETHING,
    connection: SOMETHING,
    "user-agent": SOMETHING,
    origin: SOMETHING,
    cookie: SOMETHING,
    authorization: SOMETHING,
    "sec-websocket-protocol": SOMETHING,
  };
  // Nobody knows where the client is.
  return { clientAddress: "", method: "GET", target: sampleOf(path), values: (name) => known[name] ?? [] };
}

/** The block of a rule, or the resource that it is. */
export function blockOf({ resources }: ResourceGraph, { by }: ArmorRule): Value | undefined {
  const body = resources.get(by.address)?.body;
  if (body === undefined || body.by === by) return body;
  return ["rule", "rules"].flatMap((name) => blocks(body, name)).find((block) => block.by === by);
}

/** What a rule matches by, as it is written; empty where it is a list of addresses or cannot be read. */
export function expressionOf(graph: ResourceGraph, rule: ArmorRule): string {
  const block = blockOf(graph, rule);
  const expressions = block === undefined ? [] : blocks(block, "match").flatMap((match) => blocks(match, "expr"));
  const [written] = expressions.flatMap((expr) => attribute(expr, "expression") ?? []);
  if (written === undefined) return "";
  return written.kind === "template" ? written.text : (knownText(written) ?? "");
}
