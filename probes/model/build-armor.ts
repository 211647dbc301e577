import { isFieldValue, isToken } from "../../http/token.ts";
import type { Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asNumber,
  asString,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  knownText,
  missing,
  referenced,
  resourcesOfType,
  singleBlock,
} from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import type { Condition } from "./armor-expression.ts";
import { parseArmorExpression } from "./armor-parser.ts";
import { unheardOf } from "./attributes.ts";
import type { ArmorRule, SecurityPolicy, WrittenHeader } from "./edge-model.ts";

/** Priority of the rule for everything that no other rule matches. */
const DEFAULT_PRIORITY = 2_147_483_647;

/** The `google_compute_security_policy` that a backend service names; undefined where it names none. */
export function policyOf(graph: ResourceGraph, backend: Value, unknowns: Unknown[]): SecurityPolicy | undefined {
  const reference = attribute(backend, "security_policy");
  if (reference === undefined) return undefined;
  const resource = referenced(graph, reference, "google_compute_security_policy");
  if (!("kind" in resource)) return buildPolicy(graph, resource);
  unknowns.push(resource);
  return undefined;
}

function buildPolicy(graph: ResourceGraph, resource: Resource): SecurityPolicy {
  const { body, address } = resource;
  const unknowns = unheardOf(body, "securityPolicy");
  const type = attribute(body, "type");
  if (type !== undefined && knownText(type) !== "CLOUD_ARMOR")
    unknowns.push({ kind: "unknown", reason: "is of another type than CLOUD_ARMOR", by: type.by });
  const rules = blocks(body, "rule").flatMap((rule) => buildRule(rule, unknowns));
  if (!rules.some(({ priority, condition }) => priority === DEFAULT_PRIORITY && isAlways(condition)))
    unknowns.push(missing(body, `default rule (priority ${DEFAULT_PRIORITY}, any address)`));
  unknowns.push(...rulesElsewhere(graph, resource));
  return { address, rules: rules.sort((a, b) => a.priority - b.priority), unknowns, by: body.by };
}

/** A rule as a resource of its own may stand anywhere in the order. */
function rulesElsewhere(graph: ResourceGraph, policy: Resource): Unknown[] {
  const name = knownText(attribute(policy.body, "name"));
  return resourcesOfType(graph, "google_compute_security_policy_rule").flatMap(({ body }): Unknown[] => {
    const target = attribute(body, "security_policy");
    const isOther =
      target?.kind === "reference"
        ? target.address !== policy.address
        : target?.kind === "literal" && name !== undefined && target.value !== name;
    return isOther ? [] : [{ kind: "unknown", reason: `is a rule of ${policy.address} outside of it`, by: body.by }];
  });
}

function isAlways(condition: Condition): boolean {
  return condition.kind === "constant" && condition.value;
}

/** The rule, if it acts: one in preview is logged and does nothing. */
function buildRule(rule: Value, unknowns: Unknown[]): ArmorRule[] {
  const written = attribute(rule, "preview");
  const preview = written === undefined ? undefined : asBoolean(written);
  if (preview?.kind === "known" && preview.value) return [];
  const number = attribute(rule, "priority");
  const priority = number === undefined ? missing(rule, "priority") : asNumber(number);
  const condition = conditionOf(rule, unknowns);
  const unread = [preview, priority, condition].filter((part) => part?.kind === "unknown");
  unknowns.push(...unheardOf(rule, "armorRule"), ...unread);
  if (priority.kind === "unknown" || condition.kind === "unknown") return [];
  const add = additions(rule, unknowns);
  return [{ priority: priority.value, condition: condition.value, action: actionOf(rule), add, by: rule.by }];
}

/**
 * What a rule does to a request. `throttle` and `rate_based_ban` let pass what is within their rate: a run sends a
 * client's few requests once each, so that exceeding a rate, and the ban after it, are not modelled (fact P6).
 */
function actionOf(rule: Value): ArmorRule["action"] {
  const written = attribute(rule, "action");
  const action = written === undefined ? missing(rule, "action") : asString(written);
  if (action.kind === "unknown") return action;
  if (["allow", "throttle", "rate_based_ban"].includes(action.value)) return { kind: "pass" };
  const status = /^deny\((403|404|429|502)\)$/.exec(action.value)?.[1];
  if (status !== undefined) return { kind: "deny", status: Number(status) };
  return { kind: "unknown", reason: `has action ${action.value}, which is not modelled`, by: action.by };
}

function conditionOf(rule: Value, unknowns: Unknown[]): Maybe<Condition> {
  const match = singleBlock(rule, "match", unknowns);
  if (match === undefined) return missing(rule, "match");
  const expr = singleBlock(match, "expr", unknowns);
  const config = singleBlock(match, "config", unknowns);
  unknowns.push(
    ...unheardOf(match, "armorMatch"),
    ...(expr === undefined ? [] : unheardOf(expr, "armorExpr")),
    ...(config === undefined ? [] : unheardOf(config, "armorConfig")),
  );
  const versioned = attribute(match, "versioned_expr");
  if (expr !== undefined && config === undefined && versioned === undefined) return expressionOf(expr);
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
  if (ranges.kind === "unknown") return ranges;
  const value: Condition = ranges.value.some((range) => range.value === "*")
    ? { kind: "constant", value: true }
    : { kind: "or", of: ranges.value.map((range) => ({ kind: "in-range", range: range.value })) };
  return { kind: "known", value, by: ranges.by };
}

function additions(rule: Value, unknowns: Unknown[]): WrittenHeader[] {
  const action = singleBlock(rule, "header_action", unknowns);
  if (action === undefined) return [];
  unknowns.push(...unheardOf(action, "armorHeaderAction"));
  return blocks(action, "request_headers_to_adds").flatMap((block) => {
    unknowns.push(...unheardOf(block, "armorHeaderToAdd"));
    const name = knownText(attribute(block, "header_name"));
    const written = attribute(block, "header_value");
    const value = written === undefined ? missing(block, "header_value") : asTemplate(written);
    if (value.kind === "known" && name !== undefined && isToken(name) && isFieldValue(value.value))
      return [{ name, value: value.value, by: block.by }];
    unknowns.push(value.kind === "unknown" ? value : missing(block, "header_name and value"));
    return [];
  });
}
