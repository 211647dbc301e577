import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { backendsOf, isSame, levelActs, productsOf } from "../levels.ts";
import type { LevelAct } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

export const backendHeaderIgnored = defineStaticRule({
  id: "backend-header-ignored",
  title: "a custom header of a backend service that the URL map writes too",
  severity: "warning",
  found: "run",
  because: "On the global balancer the URL map's value counts and the backend service's is dropped without a word.",
  fix: "Write the header in one of the two places.",
  sources: ["V5"],
  remedy: deletesIt,
  check: (subject) =>
    levelActs(subject)
      .filter(({ kind, direction }) => kind === "add" && direction === "request")
      .filter(({ name }) => !isOneOf([...CREDENTIALS, ...HANDSHAKE, "origin", "host"], name))
      .flatMap((act) => (isGlobal(act, subject) ? ignoredBy(act, subject) : [])),
});

function ignoredBy({ name, value, level, by }: LevelAct, subject: Subject) {
  const all = backendsOf(subject);
  return level.backends.flatMap((address) =>
    (all.get(address)?.requestHeaders ?? [])
      .filter((header) => isSame(header.name, name) && header.value !== value)
      .map((header) =>
        found(header.by, `${address} sets ${name} to no effect: ${level.map.address} writes it`, { by: [by] }),
      ),
  );
}

/** Neither the classic balancer nor the regional one knows both places. */
function isGlobal({ level }: LevelAct, subject: Subject): boolean {
  const products = productsOf(subject, level.map);
  return products.length > 0 && products.every(({ value }) => value === "global" || value === "default");
}
