import type { WrittenProduct } from "../../../model/edge-model.ts";
import { attribute } from "../../../terraform/graph.ts";
import type { Resource } from "../../../terraform/graph.ts";
import { backendServices } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { setting } from "../remedy.ts";
import { mixedSchemes } from "./mixed-load-balancing-schemes.ts";

/** The types whose default changes (fact U10). */
const FLIPPING = ["google_compute_backend_service", "google_compute_global_forwarding_rule"];
/** Backends of network balancers, which have no URL map. */
const STREAMS = ["TCP", "SSL", "UDP", "UNSPECIFIED"];

export const loadBalancingSchemeNotWritten = defineStaticRule({
  id: "load-balancing-scheme-not-written",
  title: "no load balancing scheme is written",
  severity: "warning",
  found: "run",
  because:
    "The provider means `EXTERNAL` before version 8 and `EXTERNAL_MANAGED` from then on: an upgrade changes which headers may be written, how they arrive and when sockets end.",
  fix: 'Write `load_balancing_scheme`: `"EXTERNAL"` keeps what runs today with a provider before version 8, `"EXTERNAL_MANAGED"` is the global balancer.',
  sources: ["U10", "M17"],
  options: [
    {
      what: 'Write `"EXTERNAL_MANAGED"`, and try it: what differs is told by the model',
      effort: "hours",
      risk: "medium",
    },
    { what: 'Write `"EXTERNAL"`, the classic balancer', effort: "minutes", risk: "low" },
  ],
  check: (subject) => {
    // Where the scheme that is meant does not go with the others, that is the fault, and said of the same line.
    const faults = mixedSchemes(subject).filter(({ consequenceOf }) => consequenceOf === undefined);
    return written(subject)
      .filter(({ resource: { body } }) => !faults.some(({ where }) => where === body.by))
      .flatMap(({ resource, product }) => said(resource, product));
  },
});

interface Scheme {
  readonly resource: Resource;
  readonly product: WrittenProduct;
}

function written(subject: Subject): Scheme[] {
  const { graph, edges } = subject;
  const listeners = edges.flatMap(({ listeners: all }) => all.filter(({ implied }) => !implied));
  const rules = listeners.flatMap(({ by, product }) => {
    const resource = graph.resources.get(by.address);
    return resource === undefined ? [] : [{ resource, product }];
  });
  const backends = backendServices(subject)
    .filter(({ backend }) => !STREAMS.includes(backend.protocol.value))
    .map(({ resource, backend: { product } }) => ({ resource, product }));
  return [...rules, ...backends].flatMap(({ resource, product }) =>
    product === undefined || "reason" in product ? [] : [{ resource, product }],
  );
}

function said({ type, address, body, api }: Resource, { value }: WrittenProduct): Said[] {
  const isOpen = FLIPPING.includes(type) && attribute(body, "load_balancing_scheme") === undefined;
  // With version 8 behind it, and in what the API itself says, the meaning is settled.
  if (!isOpen || value === "global" || api === true) return [];
  if (value === "default") return [found(body.by, `what ${address} is depends on the version of the provider`)];
  const title = `${address} is EXTERNAL by a default that changes with version 8 of the provider`;
  return [found(body.by, title, { severity: "note", remedy: setting(body.by, "load_balancing_scheme", "EXTERNAL") })];
}
