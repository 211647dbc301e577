import { isFieldValue, isToken } from "../../http/token.ts";
import type { Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asString,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  missing,
  singleBlock,
} from "../terraform/graph.ts";
import type { Maybe, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import { eitherTexts } from "./either-texts.ts";
import type { Findings } from "./findings.ts";
import type { HeaderActions, RemovedHeader, WrittenHeader } from "./url-map.ts";
import { hasVariable } from "./variables.ts";

/** Who wrote the map: Terraform leaves `replace = false` out of what it sends, the API's own word is whole (fact U5). */
export type Author = "terraform" | "api";

export interface ActionContext {
  readonly level: HeaderActions["level"];
  readonly author: Author;
  readonly found: Findings;
}

/** The header actions that stand in a block; what cannot be read of them leaves the headers open, and not the way. */
export function buildActions(block: Value, context: ActionContext): HeaderActions {
  const { level, found } = context;
  const doubts: Unknown[] = [];
  const action = singleBlock(block, "header_action", doubts);
  const empty = { level, remove: [], add: [], removeFromResponse: [], addToResponse: [], by: (action ?? block).by };
  let built: HeaderActions = empty;
  if (action !== undefined) {
    doubts.push(...unheardOf(action, "headerAction", { problems: found.problems, affects: "headers" }));
    built = {
      ...empty,
      remove: removals(action, "request_headers_to_remove", doubts),
      add: additions(action, "request_headers_to_add", context, doubts),
      removeFromResponse: removals(action, "response_headers_to_remove", doubts),
      addToResponse: additions(action, "response_headers_to_add", context, doubts),
    };
  }
  found.unknowns.push(...doubts.map((doubt) => withAffects(doubt, "headers")));
  return built;
}

function removals(action: Value, name: string, doubts: Unknown[]): RemovedHeader[] {
  const list = attribute(action, name);
  if (list === undefined) return [];
  const either = eitherTexts(list, (header) => header.toLowerCase());
  if (either !== undefined) {
    const may = { ...either.because, affects: "headers", mayRemove: true } as const;
    doubts.push(...either.open.map(({ value, by }) => ({ ...may, header: value.toLowerCase(), by })));
    return either.sure.map(({ value, by }) => ({ name: value, by })).filter((removed) => isName(removed, doubts));
  }
  // One item that cannot be read leaves the others as they are.
  const items = list.kind === "list" ? list.items : [list];
  return items.flatMap((item) => {
    const names = asStrings(item);
    if (names.kind === "unknown") doubts.push(names);
    const written = names.kind === "known" ? names.value.map(({ value, by }) => ({ name: value, by })) : [];
    return written.filter((removed) => isName(removed, doubts));
  });
}

function additions(action: Value, name: string, context: ActionContext, doubts: Unknown[]): WrittenHeader[] {
  return blocks(action, name).flatMap((block) => {
    doubts.push(...unheardOf(block, "headerToAdd", { problems: context.found.problems, affects: "headers" }));
    if (block.kind !== "object") return [];
    const parts = partsOf(block);
    const header =
      parts.name.kind === "known" ? ({ affects: "headers", header: parts.name.value.toLowerCase() } as const) : {};
    for (const part of Object.values(parts)) if (part?.kind === "unknown") doubts.push({ ...part, ...header });
    if (parts.name.kind === "unknown" || parts.value.kind === "unknown" || parts.replace?.kind === "unknown") return [];
    const written = { name: parts.name.value, value: parts.value.value, by: block.by };
    if (!isName(written, doubts)) return [];
    if (!isFieldValue(written.value)) {
      doubts.push({ kind: "unknown", reason: "writes a value that no header line can hold", by: block.by });
      return [];
    }
    return [{ ...written, replace: replaceOf(parts.replace?.value, written.value, context.author) }];
  });
}

function partsOf(block: Value) {
  const [name, value, replace] = ["header_name", "header_value", "replace"].map((key) => attribute(block, key));
  const parts: { name: Maybe<string>; value: Maybe<string>; replace: Maybe<boolean> | undefined } = {
    name: name === undefined ? missing(block, "header_name") : asString(name),
    value: value === undefined ? missing(block, "header_value") : asTemplate(value),
    replace: replace === undefined ? undefined : asBoolean(replace),
  };
  return parts;
}

/**
 * True sets and false appends; what is not said sets a literal and appends a value with a variable (fact U4). Terraform
 * does not send `false`, so that with a literal it is open (fact U5, Q4).
 */
function replaceOf(written: boolean | undefined, value: string, author: Author): boolean | "open" {
  if (written === true) return true;
  if (hasVariable(value)) return false;
  if (author === "api") return written ?? true;
  return "open";
}

/** What the API makes of a name that is no token, one with a blank for instance, is not documented. */
function isName({ name, by }: RemovedHeader, doubts: Unknown[]): boolean {
  if (isToken(name)) return true;
  doubts.push({ kind: "unknown", reason: `names a header that is no token: ${JSON.stringify(name)}`, by });
  return false;
}
