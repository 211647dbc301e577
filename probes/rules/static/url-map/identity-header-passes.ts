import { hostIn } from "../../../../contract/contract.ts";
import { hostRuleFor } from "../../../model/host-index.ts";
import { attribute, blocks } from "../../../terraform/graph.ts";
import type { UrlMap } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located, Subject } from "../define-rule.ts";
import { letsPass, levelActs, passagesIn, unreadActs } from "../levels.ts";
import type { LevelAct, Passage } from "../levels.ts";
import { appending } from "../remedy.ts";
import { mapsOf, matchesIn, openings } from "../ways.ts";

/** Names by which a service is told who asks. */
const IDENTITY =
  /^x-(.*-)?(user|account|auth|authenticated|identity|principal|subject|roles?|tenant|email|groups?|admin|client-cert)(-.*)?$/i;

/** Names of which a rule that goes by them grants something. */
const TRUSTED = /^x-(.*-)?(user|authenticated|identity|principal|roles?|admin)(-.*)?$/i;

export const identityHeaderPasses = defineStaticRule({
  id: "identity-header-passes",
  title: "a header that says who asks, as any client may write it",
  severity: "warning",
  found: "run",
  because:
    "Nothing in the load balancer removes a client's own header: who sends the name of another is taken for them.",
  fix: "Remove the header at the URL map, or write it with `replace = true` on every route to the service.",
  sources: ["H9", "U2"],
  check: (subject) => [
    ...(subject.declared === undefined ? writtenElsewhere(subject) : declaredNever(subject)),
    ...routedBy(subject),
  ],
});

/** What the contract never lets pass, and a map does not take away: one finding for each map. */
function declaredNever(subject: Subject): Located[] {
  if (unreadActs(subject).length > 0) return [];
  return mapsOf(subject.edges).flatMap((map) => {
    const names = [...new Set(neverIn(map, subject))];
    if (names.length === 0) return [];
    const list = removalList(map, subject);
    return [
      found(map.actions.by, `${map.address} lets ${names.join(" and ")} pass as a client sends them`, {
        severity: "error",
        ...(list !== undefined && { remedy: appending(list.by, ...names) }),
      }),
    ];
  });
}

function neverIn(map: UrlMap, subject: Subject): string[] {
  const { contract, environment } = subject.declared!;
  const passages = passagesIn(map);
  return contract.routes.flatMap((route) => {
    const rule = hostRuleFor(map.index, hostIn(route, environment));
    if (rule === undefined || "reason" in rule.matcher) return [];
    const { matcher } = rule;
    const routes = new Set(route.paths.flatMap((path) => openings(matcher, path).map((opening) => opening.route)));
    const taken = passages.filter((passage) => routes.has(passage.route));
    const never = route.headers
      .flatMap((id) => contract.headers[id] ?? [])
      .filter((header) => header.arrives.kind === "never");
    return never.flatMap(({ name }) => (taken.some((passage) => letsPass(passage, name, subject)) ? [name] : []));
  });
}

function removalList(map: UrlMap, { graph }: Subject) {
  const body = graph.resources.get(map.address)?.body;
  const [action] = body === undefined ? [] : blocks(body, "header_action");
  return action === undefined ? undefined : attribute(action, "request_headers_to_remove");
}

/** What is written on one way to a backend, and passes on another: by the way that it passes, once. */
function writtenElsewhere(subject: Subject): Located[] {
  const writers = new Map<string, Map<string, LevelAct>>();
  for (const act of levelActs(subject)) {
    if (act.kind !== "add" || act.direction !== "request" || !IDENTITY.test(act.name)) continue;
    for (const address of act.level.backends) {
      const own = writers.get(address) ?? new Map<string, LevelAct>();
      if (!own.has(act.name.toLowerCase())) own.set(act.name.toLowerCase(), act);
      writers.set(address, own);
    }
  }
  const passages = writers.size === 0 ? [] : mapsOf(subject.edges).flatMap(passagesIn);
  return passages.flatMap((passage) => {
    const acts = [...(writers.get(passage.address)?.values() ?? [])];
    const act = acts.find(({ name }) => letsPass(passage, name, subject));
    return act === undefined ? [] : [forged(passage, act)];
  });
}

function forged({ address, by }: Passage, { name, by: writer }: LevelAct): Located {
  return found(by, `${address} gets ${name} as a client sends it here, and written by the edge on another route`, {
    by: [writer],
  });
}

function routedBy({ edges }: Subject): Located[] {
  return mapsOf(edges).flatMap((map) =>
    matchesIn(map).flatMap(({ match }) =>
      match.headers
        .filter(({ name, inverted }) => TRUSTED.test(name) && !inverted)
        .map(({ name, by }) => found(by, `a rule goes by ${name}, which any client may send`)),
    ),
  );
}
