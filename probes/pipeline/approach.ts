import type { Environment, Service } from "../../contract/contract.ts";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { firstHost } from "../model/ip-range.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import type { LiveSource } from "./input.ts";

/** Label of the edge that a new generation is tried behind. */
const PREVIEW = "preview";
const PRODUCTION = "production";
const LOOPBACK = "127.0.0.1";

/** One edge of an environment, and how the emulated client comes to it. */
export interface Approach {
  /** Name of environment and edge, as it stands in every result. */
  readonly env: string;
  readonly model: EdgeModel;
  readonly clientAddress: string;
  /** Lines that every request carries, so that a closed edge lets it in. */
  readonly lines: readonly HeaderLine[];
}

/** What every request to a running edge carries, and which of it no output may show. */
export interface Ticket {
  readonly lines: readonly HeaderLine[];
  readonly secrets: readonly string[];
}

export const NO_TICKET: Ticket = { lines: [], secrets: [] };

export function ticketOf({ token }: Pick<LiveSource, "token">): Ticket {
  return token === undefined ? NO_TICKET : { lines: [[PREVIEW_HEADER, token]], secrets: [token] };
}

/** Name of environment and edge of a running edge, as it stands in every result. */
export function liveName({ id }: Pick<Environment, "id">, { edge }: Pick<LiveSource, "edge">): string {
  return edge === undefined ? id : `${id} (${edge})`;
}

/** Whether a witness answers for a service behind a running edge. */
export function hasWitness(
  service: Pick<Service, "witness"> | undefined,
  { witnessed }: Pick<LiveSource, "witnessed">,
): boolean {
  return witnessed === undefined || service?.witness === "application";
}

/** How each edge of an environment is probed; the names are different for different edges. */
export function approachesOf(environment: Environment, edges: readonly EdgeModel[]): Approach[] {
  const plain = edges.some(({ edge }) => edge === undefined) ? undefined : PRODUCTION;
  return edges.map((model) => ({
    env: model.edge === plain ? environment.id : `${environment.id} (${model.edge})`,
    model,
    ...(isPreview(model)
      ? { clientAddress: allowedAddress(environment), lines: [[PREVIEW_HEADER, PLACEHOLDER] as const] }
      : { clientAddress: LOOPBACK, lines: [] }),
  }));
}

export function isPreview({ edge }: EdgeModel): boolean {
  return edge === PREVIEW;
}

/** The policy compares the header with a value that Terraform draws: client and model know it by the same stand-in. */
function allowedAddress({ preview }: Environment): string {
  const [range] = preview?.allow ?? [];
  return (range === undefined ? undefined : firstHost(range)) ?? LOOPBACK;
}
