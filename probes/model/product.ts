import type { Unknown } from "../facts/provenance.ts";
import { asString, attribute } from "../terraform/graph.ts";
import type { ResourceGraph, Value } from "../terraform/graph.ts";
import type { Oracle } from "./assumptions.ts";
import type { Product, WrittenProduct } from "./edge-model.ts";

/** The version from which on an unset scheme is the global balancer (fact U10). */
const FLIP = [8, 0, 0] as const;

const PRODUCTS: Readonly<Record<"global" | "region", Readonly<Record<string, Product>>>> = {
  global: { EXTERNAL: "classic", EXTERNAL_MANAGED: "global", INTERNAL_MANAGED: "internal" },
  // A regional rule in front of a global proxy is the classic balancer in the standard tier.
  region: { EXTERNAL: "classic", EXTERNAL_MANAGED: "regional", INTERNAL_MANAGED: "internal" },
};

/** The kind of balancer that a forwarding rule, a backend service or a bucket belongs to. */
export function productOf(
  graph: ResourceGraph,
  body: Value,
  scope: "global" | "region",
): WrittenProduct | Unknown | undefined {
  const written = attribute(body, "load_balancing_scheme");
  if (written === undefined) return scope === "global" ? unwritten(graph, body) : undefined;
  const scheme = asString(written);
  if (scheme.kind === "unknown") return scheme;
  const value = PRODUCTS[scope][scheme.value];
  if (value !== undefined) return { value, by: scheme.by };
  return {
    kind: "unknown",
    reason: `load_balancing_scheme is ${scheme.value}, which is no Application Load Balancer that is modelled`,
    by: scheme.by,
  };
}

/** Which one is meant, where the version of the provider says it or an assumption has to. */
export function chosenProduct({ value }: WrittenProduct, { assume }: Oracle): Product {
  if (value !== "default") return value;
  return assume("default-scheme") === "global" ? "global" : "classic";
}

/**
 * Whether the product does as the global balancer does where that and the classic one differ (facts H12 to H25). Google
 * compares these two alone; for the others, which are built on Envoy too, it is asked.
 */
export function isLikeGlobal(product: Product, { assume }: Oracle): boolean {
  if (product === "global" || product === "classic") return product === "global";
  return assume("regional-behaviour") === "as-global";
}

/** Fact U10: before version 8 of the provider an unset scheme is EXTERNAL. */
function unwritten(graph: ResourceGraph, { by }: Value): WrittenProduct {
  const constraint = graph.providers?.get("google") ?? graph.providers?.get("google-beta");
  const range = constraint === undefined ? undefined : rangeOf(constraint.value);
  if (range?.below !== undefined && compare(range.below, FLIP) <= 0) return { value: "classic", by };
  if (range?.from !== undefined && compare(range.from, FLIP) >= 0) return { value: "global", by };
  return { value: "default", by };
}

type Version = readonly number[];

interface VersionRange {
  /** Included. */
  readonly from?: Version;
  /** Not included. */
  readonly below?: Version;
}

/** What a version constraint of Terraform allows, as one range; undefined where it cannot be read. */
export function rangeOf(constraint: string): VersionRange | undefined {
  let range: VersionRange | undefined = {};
  for (const part of constraint.split(",")) {
    const own = rangeOfPart(part.trim());
    if (own === undefined || range === undefined) return undefined;
    const from = later(range.from, own.from);
    const below = earlier(range.below, own.below);
    range = { ...(from !== undefined && { from }), ...(below !== undefined && { below }) };
  }
  return range;
}

function rangeOfPart(part: string): VersionRange | undefined {
  const [, sign = "", text = ""] = /^(~>|>=|<=|!=|[<>=])?\s*v?(\d+(?:\.\d+){0,2})(?:-[\w.]+)?$/.exec(part) ?? [];
  if (text === "") return undefined;
  const version = text.split(".").map(Number);
  switch (sign) {
    case "~>":
      return { from: version, below: raised(version.length > 1 ? version.slice(0, -1) : version) };
    case ">=":
    case ">":
      return { from: version };
    case "<":
      return { below: version };
    case "<=":
      return { below: raised(version) };
    case "!=":
      return {};
    default:
      return { from: version, below: raised(version) };
  }
}

/** The next version in the last place that is written. */
function raised(version: Version): Version {
  return version.map((part, index) => (index === version.length - 1 ? part + 1 : part));
}

function compare(a: Version, b: Version): number {
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function later(a: Version | undefined, b: Version | undefined): Version | undefined {
  return a === undefined || (b !== undefined && compare(b, a) > 0) ? b : a;
}

function earlier(a: Version | undefined, b: Version | undefined): Version | undefined {
  return a === undefined || (b !== undefined && compare(b, a) < 0) ? b : a;
}
