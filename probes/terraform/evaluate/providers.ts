import type { Known } from "../graph.ts";
import { attributeOf } from "../syntax/declared.ts";
import type { Body, Expression, Place } from "../syntax/syntax.ts";
import { blocksIn, itemsOfObject } from "./body-items.ts";

/** Version constraints of a root module's providers, by their local names, with the place where each is written. */
export function providersOf(body: Body): Map<string, Known<string>> {
  const settings = body.items.flatMap((item) =>
    item.kind === "block" && item.type === "terraform" ? [item.body] : [],
  );
  const required = settings.flatMap(({ items }) => blocksIn(items, "required_providers"));
  return new Map(
    required.flatMap(({ items }) =>
      items.flatMap((item): [string, Known<string>][] => {
        const written = item.kind === "attribute" ? versionIn(item.value) : undefined;
        return written === undefined
          ? []
          : [[(item as { name: string }).name, known(written, `provider.${(item as { name: string }).name}`)]];
      }),
    ),
  );
}

/** The version that `terraform init` has chosen is more exact than what is asked for. */
export function withLocked(
  providers: ReadonlyMap<string, Known<string>>,
  root: Body,
  lock: Body,
): Map<string, Known<string>> {
  const locked = new Map(
    lock.items.flatMap((item): [string, Known<string>][] => {
      if (item.kind !== "block" || item.type !== "provider") return [];
      const version = attributeOf(item.body, "version")?.value;
      const [source = ""] = item.labels;
      return version?.kind === "literal"
        ? [[source, known({ text: String(version.value), at: version.at }, `provider.${source}`)]]
        : [];
    }),
  );
  const sources = sourcesOf(root);
  const names = new Set([...providers.keys(), ...sources.keys(), ...[...locked.keys()].map(lastPart)]);
  return new Map(
    [...names].flatMap((name): [string, Known<string>][] => {
      const source = sources.get(name) ?? `registry.terraform.io/hashicorp/${name}`;
      const found = locked.get(source) ?? providers.get(name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

interface Written {
  readonly text: string;
  readonly at: Place;
}

function known({ text, at }: Written, address: string): Known<string> {
  const { file, line, column } = at;
  const by = { address, attribute: "version", file, line, column };
  return { kind: "known", value: text, by };
}

/** `"~> 6.0"`, as the first versions of the language wrote it, or the `version` of an object. */
function versionIn(value: Expression): Written | undefined {
  if (value.kind === "literal") return { text: String(value.value), at: value.at };
  return value.kind === "object" ? literalIn(value, "version") : undefined;
}

function literalIn(value: Extract<Expression, { kind: "object" }>, name: string): Written | undefined {
  // A bare name is a literal in HCL too.
  const found = itemsOfObject(value)?.find((item) => item.name === name)?.value;
  return found?.kind === "literal" ? { text: String(found.value), at: found.at } : undefined;
}

/** Sources as the lock file spells them, by local name. */
function sourcesOf(body: Body): Map<string, string> {
  const settings = body.items.flatMap((item) =>
    item.kind === "block" && item.type === "terraform" ? [item.body] : [],
  );
  return new Map(
    settings
      .flatMap(({ items }) => blocksIn(items, "required_providers"))
      .flatMap(({ items }) => items)
      .flatMap((item): [string, string][] => {
        if (item.kind !== "attribute" || item.value.kind !== "object") return [];
        const source = literalIn(item.value, "source")?.text;
        return source === undefined ? [] : [[item.name, fullSource(source)]];
      }),
  );
}

function fullSource(source: string): string {
  const parts = source.split("/");
  if (parts.length === 1) return `registry.terraform.io/hashicorp/${source}`;
  return parts.length === 2 ? `registry.terraform.io/${source}` : source;
}

function lastPart(source: string): string {
  return source.slice(source.lastIndexOf("/") + 1);
}
