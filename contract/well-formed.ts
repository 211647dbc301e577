import { contractFile } from "./schema.ts";
import type { ContractFile } from "./schema.ts";

export type Section<Key extends "environments" | "headers" | "services" | "flows"> = ContractFile[Key][string];
export type RouteFile = ContractFile["routes"][number];

/**
 * The parts of a contract that are well formed each by itself, so that a slip in one place does not
 * hide the problems of another. `declared` holds every id written, well formed or not.
 */
export interface WellFormed {
  readonly headers: ReadonlyMap<string, Section<"headers">>;
  readonly services: ReadonlyMap<string, Section<"services">>;
  readonly environments: ReadonlyMap<string, Section<"environments">>;
  readonly edge: ContractFile["edge"] | undefined;
  readonly budgets: ContractFile["budgets"] | undefined;
  readonly routes: readonly { readonly index: number; readonly route: RouteFile }[];
  readonly declared: Readonly<Record<"headers" | "services" | "flows", readonly string[]>>;
}

/** Takes the well-formed parts out of a parsed file, whatever is wrong with the rest. */
export function wellFormed(value: unknown): WellFormed {
  const file = isRecord(value) ? value : {};
  const { environments, headers, services, routes, edge, budgets } = contractFile.shape;
  const section = (name: string): Record<string, unknown> => (isRecord(file[name]) ? file[name] : {});
  const entries = <Item>(
    name: string,
    schema: { safeParse: (item: unknown) => { success: boolean; data?: Item } },
  ): Map<string, Item> =>
    new Map(
      Object.entries(section(name)).flatMap(([id, item]) => ofShape(schema, item).map((data) => [id, data] as const)),
    );
  const list = Array.isArray(file["routes"]) ? (file["routes"] as unknown[]) : [];
  return {
    headers: entries("headers", headers.unwrap().valueType),
    services: entries("services", services.valueType),
    routes: list.flatMap((item, index) => ofShape(routes.element, item).map((route) => ({ index, route }))),
    environments: entries("environments", environments.valueType),
    edge: ofShape(edge, file["edge"])[0],
    budgets: ofShape(budgets, file["budgets"])[0],
    declared: {
      headers: Object.keys(section("headers")),
      services: Object.keys(section("services")),
      flows: Object.keys(section("flows")),
    },
  };
}

/** The item if it fits its schema, unknown keys left out; nothing otherwise (its own problem is reported elsewhere). */
function ofShape<Item>(
  schema: {
    safeParse: (item: unknown) => {
      success: boolean;
      data?: Item;
      error?: { issues: readonly { code?: string; keys?: readonly string[]; path: readonly PropertyKey[] }[] };
    };
  },
  item: unknown,
): Item[] {
  const first = schema.safeParse(item);
  if (first.success) return [first.data as Item];
  const unknownKeys =
    first.error?.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? (issue.keys ?? []) : [],
    ) ?? [];
  if (unknownKeys.length === 0 || !isRecord(item)) return [];
  const second = schema.safeParse(
    Object.fromEntries(Object.entries(item).filter(([key]) => !unknownKeys.includes(key))),
  );
  return second.success ? [second.data as Item] : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
