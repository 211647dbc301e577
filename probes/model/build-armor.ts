import type { Problem, Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asNumber,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  knownText,
  missing,
  singleBlock,
} from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import type { Condition } from "./armor-expression.ts";
import { actionOf, additionsOf } from "./armor-actions.ts";
import { parseArmorExpression } from "./armor-parser.ts";
import { unheardOf } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { ArmorRule, SecurityPolicy } from "./edge-model.ts";
import type { Findings } from "./findings.ts";
import { addressIn, ofTypes, resolved } from "./lookup.ts";

const POLICIES = ["google_compute_security_policy", "google_compute_region_security_policy"];
const RULES = ["google_compute_security_policy_rule", "google_compute_region_security_policy_rule"];

/** The policy that a backend service names; undefined where it names none, or none that can be read. */
export function policyOf(
  graph: ResourceGraph,
  reference: Value | undefined,
  { unknowns }: Findings,
): SecurityPolicy | undefined {
  if (reference === undefined || knownText(reference) === "") return undefined;
  const resource = resolved(graph, reference, POLICIES);
  if (!("kind" in resource)) return buildPolicy(graph, resource);
  unknowns.push(withAffects(resource, "refusal"));
  return undefined;
}

/** What is found while a policy is read: whatever cannot be, leaves open whether it lets a request pass. */
interface PolicyFindings extends Findings {
  /** Priorities of the rules that are only logged. */
  readonly previews: string[];
}

const BUILT = new WeakMap<Resource, SecurityPolicy>();

function buildPolicy(graph: ResourceGraph, resource: Resource): SecurityPolicy {
  const known = BUILT.get(resource);
  if (known !== undefined) return known;
  const { body, address, type: kind } = resource;
  const isRegional = kind === "google_compute_region_security_policy";
  const found: PolicyFindings = { unknowns: [], problems: [], previews: [] };
  found.unknowns.push(
    ...unheardOf(body, isRegional ? "regionSecurityPolicy" : "securityPolicy", {
      problems: found.problems,
      affects: "refusal",
    }),
  );
  const type = attribute(body, "type");
  if (type !== undefined && !["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE"].includes(knownText(type) ?? ""))
    found.unknowns.push({
      kind: "unknown",
      reason: "is of another type than CLOUD_ARMOR",
      affects: "refusal",
      by: type.by,
    });
  const own = blocks(body, isRegional ? "rules" : "rule").flatMap((rule) => buildRule(rule, "armorRule", found));
  const others = rulesElsewhere(graph, resource, found);
  const rules = [...own, ...others];
  const { previews, ...findings } = found;
  const notes =
    previews.length === 0 ? [] : [`rules in preview of ${address}, which only log: priority ${previews.join(", ")}`];
  const policy = { address, rules: rules.sort((a, b) => a.priority - b.priority), ...findings, notes, by: body.by };
  BUILT.set(resource, policy);
  return policy;
}

/** Rules that are resources of their own. One whose policy cannot be read may belong to any. */
function rulesElsewhere(graph: ResourceGraph, policy: Resource, found: PolicyFindings): ArmorRule[] {
  const name = knownText(attribute(policy.body, "name"));
  return ofTypes(graph, ...RULES).flatMap(({ body, address }) => {
    const target = attribute(body, "security_policy");
    const at = target === undefined ? undefined : addressIn(target);
    const text = knownText(target);
    const named = text === undefined ? undefined : text.slice(text.lastIndexOf("/") + 1);
    const isOwn = at === undefined ? named !== undefined && named === name : at === policy.address;
    if (isOwn) return buildRule(body, "armorRuleResource", found);
    if (at !== undefined || (named !== undefined && name !== undefined)) return [];
    const reason = `${address} may be a rule of ${policy.address}, outside of it`;
    found.unknowns.push({ kind: "unknown", reason, affects: "refusal", by: body.by });
    return [];
  });
}

/** The rule, if it acts: one in preview is logged and does nothing. */
function buildRule(rule: Value, kind: BlockKind, found: PolicyFindings): ArmorRule[] {
  const written = attribute(rule, "preview");
  const preview = written === undefined ? undefined : asBoolean(written);
  const number = attribute(rule, "priority");
  const priority = number === undefined ? missing(rule, "priority") : asNumber(number);
  if (preview?.kind === "known" && preview.value) {
    found.previews.push(priority.kind === "known" ? String(priority.value) : "unknown");
    return [];
  }
  const unheard = unheardOf(rule, kind, { problems: found.problems, affects: "refusal" });
  const unread: Unknown[] = [];
  const condition = conditionOf(rule, unread, found.problems);
  for (const part of [preview, priority, condition]) if (part?.kind === "unknown") unread.push(part);
  found.unknowns.push(...[...unread, ...unheard].map((each) => withAffects(each, "refusal")));
  if (priority.kind === "unknown" || condition.kind === "unknown") return [];
  const { add, unknowns } = additionsOf(rule, found.problems);
  return [{ priority: priority.value, condition: condition.value, action: actionOf(rule), add, unknowns, by: rule.by }];
}

function conditionOf(rule: Value, unknowns: Unknown[], problems: Problem[]): Maybe<Condition> {
  const match = singleBlock(rule, "match", unknowns);
  if (match === undefined) return missing(rule, "match");
  const expr = singleBlock(match, "expr", unknowns);
  const config = singleBlock(match, "config", unknowns);
  unknowns.push(
    ...unheardOf(match, "armorMatch", { problems }),
    ...(expr === undefined ? [] : unheardOf(expr, "armorExpr", { problems })),
    ...(config === undefined ? [] : unheardOf(config, "armorConfig", { problems })),
  );
  const versioned = attribute(match, "versioned_expr");
  if (expr !== undefined && config === undefined && (versioned === undefined || knownText(versioned) === ""))
    return expressionOf(expr);
  const isAddressList = config !== undefined && expr === undefined && knownText(versioned) === "SRC_IPS_V1";
  return isAddressList ? addressesOf(config) : missing(rule, "single expr, or SRC_IPS_V1 with its config,");
}

function expressionOf(expr: Value): Maybe<Condition> {
  const written = attribute(expr, "expression");
  const text = written === undefined ? missing(expr, "expression") : asTemplate(written);
  if (text.kind === "unknown") return text;
  return { kind: "known", value: parseArmorExpression(text.value), by: text.by };
}

function addressesOf(config: Value): Maybe<Condition> {
  const written = attribute(config, "src_ip_ranges");
  const ranges = written === undefined ? missing(config, "src_ip_ranges") : asStrings(written);
  if (ranges.kind === "unknown") {
    // What stands in the list is unknown, and so is whether an address is in it: the other rules still hold.
    return { kind: "known", value: { kind: "opaque", text: ranges.reason }, by: config.by };
  }
  const value: Condition = ranges.value.some((range) => range.value === "*")
    ? { kind: "constant", value: true }
    : { kind: "or", of: ranges.value.map((range) => ({ kind: "in-range", range: range.value })) };
  return { kind: "known", value, by: ranges.by };
}
