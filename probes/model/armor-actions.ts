import { isFieldValue, isToken } from "../../http/token.ts";
import type { Problem, Unknown } from "../facts/provenance.ts";
import {
  asNumber,
  asString,
  asTemplate,
  attribute,
  blocks,
  knownText,
  missing,
  singleBlock,
} from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { ArmorAction, ArmorRule, WrittenHeader } from "./edge-model.ts";

/**
 * What a rule does to a request. `throttle` and `rate_based_ban` let pass what is within their rate: one request alone
 * keeps to it, so that exceeding a rate, and the ban after it, are told and not modelled (fact P6).
 */
export function actionOf(rule: Value): ArmorAction {
  const written = attribute(rule, "action");
  const action = written === undefined ? missing(rule, "action") : asString(written);
  if (action.kind === "unknown") return withAffects(action, "refusal");
  if (action.value === "allow") return { kind: "pass" };
  if (action.value === "throttle" || action.value === "rate_based_ban") return { kind: "pass", limited: rateOf(rule) };
  if (action.value === "redirect") return redirectOf(rule);
  const status = /^deny\((403|404|429|502)\)$/.exec(action.value)?.[1];
  if (status !== undefined) return { kind: "deny", status: Number(status) };
  const reason = `has action ${action.value}, which is not modelled`;
  return { kind: "unknown", reason, affects: "refusal", by: action.by };
}

function rateOf(rule: Value): string {
  const [options] = blocks(rule, "rate_limit_options");
  const [threshold] = options === undefined ? [] : blocks(options, "rate_limit_threshold");
  const [count, seconds] = ["count", "interval_sec"].map((name) => {
    const value = threshold === undefined ? undefined : attribute(threshold, name);
    const number = value === undefined ? undefined : asNumber(value);
    return number?.kind === "known" ? String(number.value) : "?";
  });
  return `${count} requests in ${seconds} s`;
}

/** A challenge depends on who the client is to Google. */
function redirectOf(rule: Value): ArmorAction {
  const [options] = blocks(rule, "redirect_options");
  const type = options === undefined ? undefined : knownText(attribute(options, "type"));
  const written = options === undefined ? undefined : attribute(options, "target");
  const target = written === undefined ? undefined : asTemplate(written);
  if (type === "EXTERNAL_302" && target?.kind === "known" && isFieldValue(target.value))
    return { kind: "redirect", location: target.value };
  const reason = `redirects (${type ?? "to what cannot be read"}), which is not modelled`;
  return { kind: "unknown", reason, affects: "refusal", by: (options ?? rule).by };
}

/** Headers that the rule adds to what passes (fact V12); what of them cannot be read may be any header. */
export function additionsOf(rule: Value, problems: Problem[]): Pick<ArmorRule, "add" | "unknowns"> {
  const unknowns: Unknown[] = [];
  const action = singleBlock(rule, "header_action", unknowns);
  if (action === undefined) return { add: [], unknowns };
  unknowns.push(...unheardOf(action, "armorHeaderAction", { problems }));
  const add = blocks(action, "request_headers_to_adds").flatMap((block): WrittenHeader[] => {
    unknowns.push(...unheardOf(block, "armorHeaderToAdd", { problems }));
    const name = knownText(attribute(block, "header_name"));
    const written = attribute(block, "header_value");
    const value = written === undefined ? missing(block, "header_value") : asTemplate(written);
    if (value.kind === "known" && name !== undefined && isToken(name) && isFieldValue(value.value))
      return [{ name, value: value.value, by: block.by }];
    const unread = value.kind === "unknown" ? value : missing(block, "header_name and value");
    unknowns.push(
      name !== undefined && isToken(name) ? { ...unread, affects: "headers", header: name.toLowerCase() } : unread,
    );
    return [];
  });
  return { add, unknowns: unknowns.map((each) => withAffects(each, "headers")) };
}
