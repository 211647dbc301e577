import type { StagedAct } from "../facts/provenance.ts";
import type { AccessRecord, HeaderChange } from "../facts/trace.ts";
import { harmlessJson } from "./json.ts";
import { harmless, harmlessDeep } from "./paint.ts";

/** A token in a path is as much a credential as one in a header. */
const JWT = /eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g;

/** One line of the access log for a person: no header value, no query. */
export function renderAccessText(raw: AccessRecord): string {
  const record = harmlessDeep(raw);
  const { method, host, path, status, durationMs, service, backend, changes, note } = record;
  const time = new Date(record.at).toISOString().slice(11, 23);
  const what = `${method} ${record.scheme === "http" ? "http://" : ""}${host}${clean(path)}`;
  return `${[
    time,
    status ?? "---",
    record.websocket ? `${what} (upgrade)` : what,
    `→ ${service ?? backend ?? record.outcome}`,
    `${durationMs} ms`,
    ...(record.route === undefined ? [] : [`route ${placeOf(record.route)}`]),
    ...changes.map(changeText),
    ...(note === undefined ? [] : [`(${clean(note)})`]),
  ].join("  ")}\n`;
}

/** The same as one line of JSON. */
export function renderAccessJson(record: AccessRecord): string {
  const { at, route, changes, path, note, status, service, backend, ...rest } = record;
  const line = {
    time: new Date(at).toISOString(),
    status: status ?? null,
    ...rest,
    path: clean(path),
    route: route === undefined ? null : whereOf(route),
    backend: backend ?? null,
    service: service ?? null,
    changes: changes.map(({ name, state, by }) => ({ name, state, by: by === undefined ? null : whereOf(by) })),
    note: note === undefined ? null : clean(note),
  };
  return `${harmlessJson(JSON.stringify(line))}\n`;
}

function changeText({ name, state, by }: HeaderChange): string {
  if (by === undefined) return `${state} ${name}`;
  const fact = by.fact === undefined ? "" : `, ${by.fact}`;
  return `${state} ${name} (${placeOf(by)}${fact})`;
}

function whereOf(act: StagedAct): { stage: string; address: string; source: string; fact: string | null } {
  const { stage, address, attribute, fact } = act;
  return {
    stage,
    address: attribute === "" ? address : `${address}.${attribute}`,
    source: placeOf(act),
    fact: fact ?? null,
  };
}

function placeOf({ file, line, column }: StagedAct): string {
  return `${file}:${line}:${column}`;
}

function clean(text: string): string {
  return harmless(text).replace(JWT, "(token)");
}
