import type { Backend, Listener, Product, WrittenProduct } from "../../../model/edge-model.ts";
import { backendsBehind, isRefusedBehind } from "../../../model/products-behind.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located, Subject } from "../define-rule.ts";

export const mixedLoadBalancingSchemes = defineStaticRule({
  id: "mixed-load-balancing-schemes",
  title: "a forwarding rule leads to a backend service of another scheme",
  severity: "error",
  found: "apply",
  because:
    "A forwarding rule takes backend services of its own scheme alone, but for a classic one, which also takes those of the global balancer.",
  fix: "Write the same `load_balancing_scheme` on the forwarding rule and on every backend service of its URL map.",
  sources: ["M18", "U10"],
  options: [
    {
      what: 'Write `"EXTERNAL_MANAGED"` on all of them: the global balancer, which writes headers and has route rules',
      effort: "hours",
      risk: "medium",
    },
    {
      what: 'Write `"EXTERNAL"` on the forwarding rule, and stay with the classic balancer',
      effort: "minutes",
      risk: "low",
    },
  ],
  check: mixedSchemes,
});

/** Backend services that Google refuses behind a forwarding rule, at the lines that say so. */
export function mixedSchemes(subject: Subject): Located[] {
  return subject.edges.flatMap(({ listeners, backends }) =>
    listeners.flatMap((listener) => ofListener(subject, listener, backends)),
  );
}

function ofListener({ graph }: Subject, listener: Listener, backends: ReadonlyMap<string, Backend>): Located[] {
  const { urlMap, product, implied } = listener;
  const map = "reason" in urlMap ? undefined : graph.resources.get(urlMap.address);
  if (map === undefined || "reason" in product) return [];
  return backendsBehind(map, backends).flatMap(({ address, product: own }) => {
    if (own === undefined || "reason" in own) return [];
    const [certain, possible] = verdicts(product, own, implied);
    const title = `${address} is ${said(own)}, and ${listener.by.address} leads to it as ${said(product)}`;
    if (certain) return [found(own.by, title, { by: [product.by] })];
    if (!possible) return [];
    const unset = [own, product].find(({ value }) => value === "default")!;
    const cause = { id: "load-balancing-scheme-not-written", where: unset.by };
    return [found(own.by, title, { by: [product.by], dependsOn: "default-scheme", consequenceOf: cause })];
  });
}

/** Whether Google refuses the pair under every reading of a scheme that is not written, and under some. */
function verdicts(rule: WrittenProduct, backend: WrittenProduct, isImplied: boolean): [boolean, boolean] {
  const readings: Product[] = ["classic", "global"];
  const isRefused = readings.map((reading) => {
    const [front, behind] = [rule, backend].map(({ value }) => (value === "default" ? reading : value)) as [
      Product,
      Product,
    ];
    // Where no forwarding rule is known, the first backend speaks for it: it may as well be a classic one.
    return (
      isRefusedBehind(front, behind) &&
      !(isImplied && isRefusedBehind(front, behind) !== isRefusedBehind(behind, front))
    );
  });
  return [isRefused.every(Boolean), isRefused.some(Boolean)];
}

const SCHEMES: Readonly<Record<WrittenProduct["value"], string>> = {
  global: "EXTERNAL_MANAGED",
  classic: "EXTERNAL",
  regional: "regional EXTERNAL_MANAGED",
  internal: "INTERNAL_MANAGED",
  default: "of no scheme that is written",
};

function said({ value }: WrittenProduct): string {
  return SCHEMES[value];
}
