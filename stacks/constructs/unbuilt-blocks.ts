import type { TerraformElement, TerraformStack } from "cdktf";

/** A resource or a module that no construct stands for. */
export interface UnbuiltBlock {
  /** Terraform's name of it. */
  readonly name: string;
  /** Lets it wait for these addresses too. */
  readonly dependOn: (addresses: readonly string[]) => void;
}

/**
 * Resources of guarded types, and modules, that come into a stack by its overrides (`stack.addOverride("resource.…")`) or
 * that an element writes as text of its own: CDKTF asks no construct for what they wait for.
 * @param elements elements of the stack that are no resources
 * @param built addresses that a construct stands for
 * @throws Error when this version of cdktf does not tell a stack's overrides
 */
export function unbuiltBlocks(
  stack: TerraformStack,
  elements: readonly TerraformElement[],
  { built, guards }: { readonly built: ReadonlySet<string>; readonly guards: (type: string) => boolean },
): UnbuiltBlock[] {
  const overrides = recordOf(Reflect.get(stack, "rawOverrides"));
  if (overrides === undefined) throw new Error(`cdktf does not tell the overrides of stack ${stack.node.id}`);
  const blocks = [overrides, ...elements.map((each) => recordOf(each.toTerraform()) ?? {})].flatMap((fragment) =>
    blocksOf(fragment, guards),
  );
  const names = new Map(blocks.map((block) => [block.path.replace(/^resource\./, ""), block]));
  return [...names]
    .filter(([address]) => !built.has(address))
    .map(([, { path, name }]) => ({
      name,
      dependOn: (addresses) => {
        const known = at(overrides, `${path}.depends_on`);
        const waits = Array.isArray(known) ? (known as readonly string[]) : [];
        stack.addOverride(`${path}.depends_on`, [...new Set([...waits, ...addresses])]);
      },
    }));
}

/** Guarded resources and modules of a piece of Terraform's JSON, with where each stands. */
function blocksOf(
  fragment: Readonly<Record<string, unknown>>,
  guards: (type: string) => boolean,
): { path: string; name: string }[] {
  const resources = Object.keys(recordOf(fragment["resource"]) ?? {}).filter(guards);
  return [...resources.map((type) => `resource.${type}`), "module"].flatMap((section) =>
    Object.keys(recordOf(at(fragment, section)) ?? {}).map((name) => ({ path: `${section}.${name}`, name })),
  );
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => recordOf(inner)?.[key], value);
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
