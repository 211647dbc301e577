import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { StagedAct } from "../facts/provenance.ts";
import type { EdgeRequest, ResponseAction } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Backend } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import type { HeaderActions, RemovedHeader, WrittenHeader } from "./url-map.ts";
import { expand } from "./variables.ts";

/** URL-map header actions, narrow to broad: the broadest level has the last word (fact U2). */
export function applyUrlMapActions(
  flow: HeaderFlow,
  levels: readonly HeaderActions[],
  request: EdgeRequest,
  oracle: Oracle,
): void {
  for (const level of levels) {
    const clash = level.remove.some(({ name }) =>
      level.add.some((added) => added.name.toLowerCase() === name.toLowerCase()),
    );
    const removeFirst = !clash || oracle.assume("remove-and-add") === "remove-first";
    const remove = (): void => level.remove.forEach((removed) => removeOne(flow, removed, level, oracle));
    const add = (): void => level.add.forEach((added) => addOne(flow, added, level, request, oracle));
    for (const step of removeFirst ? [remove, add] : [add, remove]) step();
  }
  noteWhatCouldHaveRemoved(flow, levels);
}

/** Backend custom headers overwrite the client's, unless the URL map wrote the same name (facts V4, V5). */
export function applyBackendHeaders(
  flow: HeaderFlow,
  backend: Backend,
  request: EdgeRequest,
  { assume }: Oracle,
): void {
  const hasCdn = backend.cdn !== undefined && backend.requestHeaders.length > 0;
  if (hasCdn && assume("custom-headers-with-cdn") === "not-applied") return;
  for (const header of backend.requestHeaders) {
    const act = (effect: string, fact: string): StagedAct => ({ ...header.by, effect, fact, stage: "backend" });
    if (flow.isWritten(header.name)) {
      flow.note(header.name, act("is ignored: the URL map writes the same header", "V5"));
      continue;
    }
    const value = expand(header.value, request);
    flow.markWritten(header.name);
    if (value === "" && assume("empty-backend-header") === "removed")
      flow.remove(header.name, act("removes it with an empty value", "V4"));
    else if (value === "")
      flow.replace(
        header.name,
        "",
        act(
          header.value === ""
            ? "overwrites the client's value with nothing"
            : `overwrites the client's value with nothing: ${header.value} is no variable that has a value`,
          "V3",
        ),
      );
    else flow.replace(header.name, value, act("overwrites the client's value", "V4"));
  }
}

/** What is done to the response: the backend service's custom headers, then the URL map's levels (fact U24). */
export function responseActions(
  levels: readonly HeaderActions[],
  backend: Backend,
  request: EdgeRequest,
  oracle: Oracle,
): ResponseAction[] {
  return [
    ...backend.responseHeaders.map((header): ResponseAction => ({
      kind: "add",
      name: header.name,
      value: expand(header.value, request),
      replace: true,
    })),
    ...levels.flatMap((level): ResponseAction[] => [
      ...level.removeFromResponse.map(({ name }): ResponseAction => ({ kind: "remove", name })),
      ...level.addToResponse.map(({ name, value, replace }): ResponseAction => ({
        kind: "add",
        name,
        value: expand(value, request),
        replace: replace === "open" ? oracle.assume("replace-false-literal") === "replaced" : replace !== false,
      })),
    ]),
  ];
}

function removeOne(flow: HeaderFlow, removed: RemovedHeader, level: HeaderActions, { assume }: Oracle): void {
  flow.markRemoved(removed.name);
  if (!flow.has(removed.name)) return;
  if (isReserved(removed.name) && assume("reserved-removal") === "kept") return;
  const effect = `removes it at the ${levelName(level)}`;
  flow.remove(removed.name, { ...removed.by, effect, fact: "U2", stage: "url-map" });
}

function addOne(
  flow: HeaderFlow,
  added: WrittenHeader,
  level: HeaderActions,
  request: EdgeRequest,
  oracle: Oracle,
): void {
  const value = expand(added.value, request);
  if (value === "" && oracle.assume("empty-url-map-header") === "skipped") return;
  // What another action has set is no longer the proxy's to write.
  const isSet = flow.isWritten(added.name) && flow.has(added.name) && !flow.isAppended(added.name);
  flow.markWritten(added.name);
  const act = (effect: string, fact: string): StagedAct => ({ ...added.by, effect, fact, stage: "url-map" });
  if (replaces(added, flow, oracle)) flow.replace(added.name, value, act(`sets it at the ${levelName(level)}`, "U4"));
  else if (isSet) flow.append(added.name, value, act(`appends to it at the ${levelName(level)}`, "U7"));
  else flow.appendOwn(added.name, value, act(`appends to it at the ${levelName(level)}`, "U7"));
}

/** What is open is asked where a value is there already (facts U4, U5). */
function replaces({ name, replace }: WrittenHeader, flow: HeaderFlow, { assume }: Oracle): boolean {
  if (replace !== "open") return replace !== false;
  return !(flow.has(name) || addedByProxy(name)) || assume("replace-false-literal") === "replaced";
}

/** The proxy's own value is there for what is appended to it (fact V9, M56). */
function addedByProxy(name: string): boolean {
  return /^x-forwarded-(for|proto)$/i.test(name);
}

/** A header that passes untouched has no line that acted on it; the places where a removal would stand are the answer. */
function noteWhatCouldHaveRemoved(flow: HeaderFlow, levels: readonly HeaderActions[]): void {
  const broadest = levels.at(-1);
  if (broadest === undefined) return;
  const bystander: StagedAct = {
    ...broadest.by,
    attribute: removalAttribute(broadest),
    effect: "does not remove it",
    fact: "U2",
    stage: "url-map",
  };
  for (const [name] of flow.lines) flow.untouched(name, bystander);
}

function removalAttribute(level: HeaderActions): string {
  const { attribute } = level.by;
  const action = /(^|\.)header_action(\[0\])?$/.test(attribute)
    ? attribute
    : attribute === ""
      ? "header_action"
      : `${attribute}.header_action`;
  return `${action}.request_headers_to_remove`;
}

function levelName(level: HeaderActions): string {
  return level.level === "url-map" ? "URL map" : level.level.replaceAll("-", " ");
}

/** Names of which Google does not say what a removal does (facts U8, Q2). */
function isReserved(name: string): boolean {
  return isHopByHop(name) || /^(host$|:|sec-websocket-|x-goog-|x-google|x-gfe|x-amz-)/i.test(name);
}
