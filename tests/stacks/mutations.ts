import type { Json } from "../support/reference.ts";

export type Path = readonly (string | number)[];

/** One change of Terraform's JSON, made in place and taken back. */
export interface Mutation {
  readonly path: Path;
  readonly what: string;
  readonly apply: () => () => void;
}

/** A part of the JSON that is not mutated: the reason why a change of it harms nobody. */
export interface Exemption {
  readonly key: string;
  readonly because: string;
}

/**
 * Every change of what lies below `path`: each node taken away, each string made another (one that is plainly wrong, and
 * one that a neighbour has in its place), each boolean negated, each number one more.
 */
export function mutationsBelow(root: Json, path: Path, exempt: readonly Exemption[]): Mutation[] {
  const nodes = nodesBelow(at(root, path), path, exempt);
  const neighbours = valuesByShape(nodes);
  return nodes.flatMap(({ path: place, value }) => [
    deletion(root, place),
    ...otherValues(value, neighbours.get(shapeOf(place)) ?? []).map((other) => replacement(root, place, other)),
  ]);
}

/** Path with everything that differs between neighbours left out: indices, and the names of resources. */
export function shapeOf(path: Path): string {
  return path.map((step, index) => (typeof step === "number" || index === 2 ? "*" : step)).join(".");
}

interface Node {
  readonly path: Path;
  readonly value: Json;
}

function nodesBelow(value: Json, path: Path, exempt: readonly Exemption[]): Node[] {
  const inner = typeof value === "object" && value !== null ? Object.entries<Json>(value) : [];
  return [
    { path, value },
    ...inner
      .filter(([key]) => exempt.every((each) => each.key !== key))
      .flatMap(([key, child]) => nodesBelow(child, [...path, Array.isArray(value) ? Number(key) : key], exempt)),
  ];
}

function valuesByShape(nodes: readonly Node[]): Map<string, unknown[]> {
  const values = new Map<string, unknown[]>();
  for (const { path, value } of nodes) {
    const shape = shapeOf(path);
    values.set(shape, [...(values.get(shape) ?? []), value]);
  }
  return values;
}

function otherValues(value: unknown, neighbours: readonly unknown[]): unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1];
  if (typeof value !== "string") return [];
  const neighbour = neighbours.find((each) => each !== value);
  return [`${value}-other`, ...(neighbour === undefined ? [] : [neighbour])];
}

function deletion(root: Json, path: Path): Mutation {
  const parent: Json = at(root, path.slice(0, -1));
  const key = path.at(-1)!;
  const value: Json = parent[key];
  const apply = (): (() => void) => {
    if (typeof key === "number") {
      (parent as Json[]).splice(key, 1);
      return () => void (parent as Json[]).splice(key, 0, value);
    }
    const entries = Object.entries<Json>(parent);
    delete parent[key];
    // In the order of before, which some properties look at.
    return () => {
      for (const [each] of entries) delete parent[each];
      Object.assign(parent as object, Object.fromEntries(entries));
    };
  };
  return { path, what: "deleted", apply };
}

function replacement(root: Json, path: Path, other: unknown): Mutation {
  const parent: Json = at(root, path.slice(0, -1));
  const key = path.at(-1)!;
  const value: Json = parent[key];
  const apply = (): (() => void) => {
    parent[key] = other;
    return () => void (parent[key] = value);
  };
  return { path, what: `${JSON.stringify(value)} → ${JSON.stringify(other)}`, apply };
}

function at(root: Json, path: Path): Json {
  return path.reduce<Json>((value, step) => value[step], root);
}
