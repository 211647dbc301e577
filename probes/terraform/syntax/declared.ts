import { ConfigurationError } from "../configuration-error.ts";
import type { Attribute, Block, Body, Place } from "./syntax.ts";

export type Item = Attribute | Block;

/** Blocks of the top level whose labels Terraform knows. */
const LABELS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...["resource", "data", "ephemeral"].map((type): [string, readonly string[]] => [type, ["type", "name"]]),
  ...["module", "variable", "output", "provider", "check"].map((type): [string, readonly string[]] => [type, ["name"]]),
  ...["locals", "terraform", "moved", "import", "removed"].map((type): [string, readonly string[]] => [type, []]),
]);

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** What a block declares: `resource google_compute_url_map.edge`, `provider google.east`; none for what may stand often. */
export function identityOf({ type, labels, body }: Block): string | undefined {
  if (!LABELS.has(type) || labels.length === 0) return undefined;
  const alias = type === "provider" ? attributeOf(body, "alias")?.value : undefined;
  return `${type} ${[...labels, ...(alias?.kind === "literal" ? [String(alias.value)] : [])].join(".")}`;
}

export function attributeOf(body: Body, name: string): Attribute | undefined {
  return body.items.find((item) => item.kind === "attribute" && item.name === name) as Attribute | undefined;
}

/**
 * Refuses what Terraform refuses of a top level as such: arguments, wrong labels, names that are none, and what is
 * declared twice. A block that is not known here may be of a newer Terraform, and is let pass.
 * @throws ConfigurationError, for what stands twice with both places.
 */
export function refuseMisdeclared(items: readonly Item[]): void {
  const seen = new Map<string, Place>();
  const refuseTwice = (what: string, at: Place): void => {
    const first = seen.get(what);
    if (first !== undefined)
      throw new ConfigurationError(`${what} is declared twice; it was declared first at ${shown(first)}`, at);
    seen.set(what, at);
  };
  for (const item of items) {
    refuseMisshapen(item);
    if (item.kind === "attribute") continue;
    const identity = identityOf(item);
    if (identity !== undefined) refuseTwice(identity, item.at);
    if (item.type === "locals") for (const local of item.body.items) refuseTwice(`local ${nameOf(local)}`, local.at);
    if (item.type === "terraform")
      for (const inner of item.body.items)
        if (["required_providers", "backend", "cloud"].includes(nameOf(inner))) refuseTwice(nameOf(inner), inner.at);
  }
}

export function refuseMisshapen(item: Item): void {
  if (item.kind === "attribute") {
    // In JSON it may be a block that only a newer Terraform knows.
    if (item.at.pointer !== undefined) return;
    throw new ConfigurationError(
      `Unsupported argument; An argument named "${item.name}" is not expected here.`,
      item.at,
    );
  }
  const expected = LABELS.get(item.type);
  if (expected === undefined) return;
  const { type, labels } = item;
  if (labels.length < expected.length)
    throw new ConfigurationError(
      `Missing ${expected[labels.length]!} for ${type}; All ${type} blocks must have ${expected.length} labels (${expected.join(", ")}).`,
      item.at,
    );
  if (labels.length > expected.length)
    throw new ConfigurationError(
      `Extraneous label for ${type}; No such label is expected for ${type} blocks.`,
      item.at,
    );
  const bad = type === "provider" ? undefined : labels.find((label) => !NAME.test(label));
  if (bad !== undefined) refuseName(`${type} ${bad}`, item.at);
  if (type === "locals") for (const local of item.body.items) refuseMisshapenLocal(local);
}

function refuseMisshapenLocal(local: Item): void {
  if (local.kind === "block")
    throw new ConfigurationError(`Unexpected "${local.type}" block; Blocks are not allowed here.`, local.at);
  if (!NAME.test(local.name)) refuseName(`local ${local.name}`, local.at);
}

function refuseName(what: string, at: Place): never {
  throw new ConfigurationError(
    `Invalid name of ${what}; A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.`,
    at,
  );
}

export function nameOf(item: Item): string {
  return item.kind === "attribute" ? item.name : item.type;
}

export function shown({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
