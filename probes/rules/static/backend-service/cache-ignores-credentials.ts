import { asString, attribute, blocks } from "../../../terraform/graph.ts";
import type { Backend } from "../../../model/edge-model.ts";
import { backendServices } from "../backends.ts";
import type { BackendService } from "../backends.ts";
import { declaredAs, headersOf } from "../declared.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { CREDENTIALS, isOneOf } from "../names.ts";
import { socketBackends } from "../sockets.ts";

export const cacheIgnoresCredentials = defineStaticRule({
  id: "cache-ignores-credentials",
  title: "a cache keeps the answers of a service that authenticates",
  severity: "error",
  found: "run",
  because: "`FORCE_CACHE_ALL` keeps what the service marks private, and shows the answer to one user to the next.",
  fix: 'Write `cache_mode = "USE_ORIGIN_HEADERS"`, or let requests with a credential past the cache.',
  sources: ["P8"],
  options: [
    {
      what: 'Write `cache_mode = "USE_ORIGIN_HEADERS"`: the service says what may be kept',
      effort: "minutes",
      risk: "low",
    },
    {
      what: "Name the credentials in `bypass_cache_on_request_headers`",
      effort: "minutes",
      risk: "medium",
    },
    { what: "Give what is to be cached a backend service of its own", effort: "hours", risk: "low" },
  ],
  check: (subject) => backendServices(subject).flatMap((service) => said(subject, service)),
});

function said(subject: Subject, { backend, resource }: BackendService): Said[] {
  const [policy] = blocks(resource.body, "cdn_policy");
  const written = policy === undefined ? undefined : attribute(policy, "cache_mode");
  if (backend.cdn === undefined || written === undefined) return [];
  const mode = asString(written);
  if (mode.kind === "unknown") return [mode];
  if (mode.value !== "FORCE_CACHE_ALL") return [];
  const title = `${backend.address} caches everything`;
  const read = credentialsRead(subject, backend);
  const open = read.filter(
    (name) =>
      !isOneOf(
        backend.cdn!.bypass.map((each) => each.toLowerCase()),
        name,
      ),
  );
  if (open.length > 0) return [found(written.by, `${title}, and its routes carry ${open.join(", ")}`)];
  const isForSockets = socketBackends(subject).some(({ item }) => item.address === backend.address);
  const isKnown = subject.declared !== undefined || backend.cdn.bypass.length > 0;
  return isKnown || !isForSockets
    ? []
    : [found(written.by, `${title}, and sockets are opened there, which users authenticate`, { severity: "warning" })];
}

/** Names of credentials that the contract routes to the services behind. */
function credentialsRead(subject: Subject, { groups }: Backend): string[] {
  const services = groups.flatMap((group) => (group.kind === "run" ? [group.service] : []));
  const names = services.flatMap((service) => {
    const declared = declaredAs(subject, service);
    return declared === undefined ? [] : headersOf(subject, declared).map(({ name }) => name);
  });
  return [...new Set(names)].filter((name) => isOneOf(CREDENTIALS, name));
}
