import { asBoolean, asString } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import type { Backend, RunService, SecurityPolicy } from "../../../model/edge-model.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { backendsBefore, resourceOf, runServices, settingsOf } from "../run-settings.ts";

const OPEN = ["INGRESS_TRAFFIC_ALL", "all"];

export const runAppAddressBypassesEdge = defineStaticRule({
  id: "run-app-address-bypasses-edge",
  title: "what the load balancer refuses reaches the service by its run.app address",
  severity: "warning",
  found: "run",
  because:
    "With ingress open to all, and no IAM check, anybody calls the service past Cloud Armor, past IAP and past every header that the load balancer writes.",
  fix: 'Write `ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"`, and probe through the load balancer.',
  sources: ["R16", "R15"],
  options: [
    {
      what: 'Set `ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"`, after whatever calls the run.app address has moved',
      effort: "minutes",
      risk: "medium",
    },
    { what: "Set `default_uri_disabled = true`, which closes the address alone", effort: "minutes", risk: "medium" },
  ],
  check: (subject) => runServices(subject.edges).flatMap((service) => said(subject, service)),
});

function said({ graph, edges }: Subject, service: RunService): Said[] {
  const { ingress, closedUri } = settingsOf(resourceOf(graph, service));
  const guards = backendsBefore(edges, service).flatMap(guardsOf);
  const [guard] = guards;
  if (guard === undefined || service.iap?.kind === "on" || service.iamCheck.value) return [];
  const open = ingress === undefined ? undefined : asString(ingress);
  if (open?.kind === "unknown") return [open];
  if (open !== undefined && !OPEN.includes(open.value)) return [];
  if (closedUri !== undefined && !isFalse(closedUri)) return [];
  const [unsure] = service.iamCheck.unsure;
  if (unsure !== undefined) return [unsure];
  return [
    found(ingress?.by ?? service.by, `${service.address} answers on its run.app address, past ${guard.what}`, {
      by: [guard.by],
    }),
  ];
}

function isFalse(value: Value): boolean {
  const known = asBoolean(value);
  return known.kind === "known" && !known.value;
}

type Guard = { readonly what: string } & Pick<Backend, "by">;

function guardsOf({ iap, policy, edgePolicy }: Backend): Guard[] {
  const policies = [policy, edgePolicy].filter((each) => each !== undefined && refuses(each));
  return [
    ...(iap?.kind === "on" ? [{ what: "IAP", by: iap.by }] : []),
    ...policies.map((each) => ({ what: each!.address, by: each!.by })),
  ];
}

/** A policy that lets everything pass loses nothing when it is gone round. */
function refuses({ rules }: SecurityPolicy): boolean {
  return rules.some(({ action, add }) => action.kind !== "pass" || action.limited !== undefined || add.length > 0);
}
