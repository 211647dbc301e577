import type { Protocol } from "../../contract/contract.ts";
import { sameName } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { SurveyRow } from "../facts/survey.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { namedPlaces } from "../model/places.ts";
import { traceRequest } from "../model/trace.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import type { ResourceGraph } from "../terraform/graph.ts";

/** What a client authenticates with, or is told apart by. */
export const SURVEYED: readonly HeaderLine[] = [
  ["Authorization", "Bearer headgate"],
  ["Cookie", "session=headgate"],
  ["Origin", "https://example.com"],
  ["Sec-WebSocket-Protocol", "headgate"],
];

const HANDSHAKE: readonly HeaderLine[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];

const ON_UPGRADES_ONLY = "Sec-WebSocket-Protocol";

/** Every host and path that a configuration tells apart, as a request and as an upgrade: where it goes, what arrives. */
export function survey(graph: ResourceGraph, model: EdgeModel): SurveyRow[] {
  return namedPlaces(graph).flatMap(({ pattern, host, paths }) =>
    paths.flatMap(({ form, path }) =>
      (["http", "websocket"] as const).map((protocol) => rowOf(model, { pattern, host, form, path, protocol })),
    ),
  );
}

interface Spot {
  readonly pattern: string;
  readonly host: string;
  readonly form: string;
  readonly path: string;
  readonly protocol: Protocol;
}

function rowOf(model: EdgeModel, { pattern, host, form, path, protocol }: Spot): SurveyRow {
  const isUpgrade = protocol === "websocket";
  const sent = SURVEYED.filter(([name]) => isUpgrade || name !== ON_UPGRADES_ONLY);
  const trace = traceRequest(model, {
    scheme: "https",
    method: "GET",
    target: path,
    headers: [["Host", host], ...(isUpgrade ? HANDSHAKE : []), ...sent],
    clientAddress: PLACEHOLDER,
    edgeAddress: PLACEHOLDER,
    traceId: PLACEHOLDER,
  });
  return {
    host: pattern,
    path: form,
    protocol,
    outcome: trace.outcome,
    backend: trace.backend ?? null,
    service: trace.service ?? null,
    status: trace.answer?.status ?? null,
    headers: trace.headers.filter(({ name }) => sent.some(([own]) => sameName(own, name))),
    unknowns: trace.unknowns,
  };
}
