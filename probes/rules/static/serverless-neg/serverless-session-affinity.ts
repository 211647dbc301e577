import { isServerless } from "../../../model/backend-problems.ts";
import { asString, attribute } from "../../../terraform/graph.ts";
import { backendServices } from "../backends.ts";
import type { BackendService } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { deleting } from "../remedy.ts";
import { socketBackends } from "../sockets.ts";

const NONE = ["NONE", ""];

export const serverlessSessionAffinity = defineStaticRule({
  id: "serverless-session-affinity",
  title: "session affinity of the load balancer before a serverless NEG",
  severity: "warning",
  found: "run",
  because: "It is accepted and does nothing: a client that connects again comes to any instance.",
  fix: "Delete it; `template.session_affinity = true` of the Cloud Run service does it as far as it can be done.",
  sources: ["S5"],
  check: (subject) => {
    const forSockets = new Set(socketBackends(subject).map(({ item }) => item.address));
    return backendServices(subject).flatMap((service) => said(service, forSockets.has(service.backend.address)));
  },
});

/** Where no socket is opened, nobody connects again. */
function said({ backend: { address, groups }, resource: { body } }: BackendService, isForSockets: boolean): Said[] {
  const both = ["session_affinity", "affinity_cookie_ttl_sec"].flatMap((name) => attribute(body, name) ?? []);
  const [written] = both;
  if (written === undefined || !groups.some(isServerless)) return [];
  const value = asString(written);
  if (value.kind === "unknown") return [value];
  if (NONE.includes(value.value) || value.value === "0") return [];
  const title = `${address} asks for session affinity, which a serverless NEG ignores`;
  const remedy = deleting(...both.map(({ by }) => by));
  return [found(written.by, title, { remedy, ...(!isForSockets && { severity: "note" as const }) })];
}
