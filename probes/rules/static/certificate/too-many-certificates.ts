import { attribute, blocks } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { itemsOf, resourcesOf } from "../reading.ts";

const PROXIES = ["google_compute_target_https_proxy", "google_compute_region_target_https_proxy"] as const;
const MANAGED = ["google_compute_managed_ssl_certificate"] as const;

/** Fact C1. */
const MOST = { certificates: 15, names: 100 } as const;

export const tooManyCertificates = defineStaticRule({
  id: "too-many-certificates",
  title: "a proxy has more certificates, or a certificate more names, than Google takes",
  severity: "error",
  found: "apply",
  because: "Google refuses the proxy or the certificate, and the hosts that were added last stay without TLS.",
  fix: "Use a certificate map of Certificate Manager, which has no such limit, or one certificate for several hosts.",
  sources: ["C1"],
  check: ({ graph }) => [
    ...resourcesOf(graph, PROXIES).flatMap(({ address, body }) => {
      const extra = itemsOf(attribute(body, "ssl_certificates"));
      const [over] = extra.slice(MOST.certificates);
      const title = `${address} has ${extra.length} certificates; ${MOST.certificates} are the most`;
      return over === undefined ? [] : [found(over.by, title)];
    }),
    ...resourcesOf(graph, MANAGED).flatMap(({ address, body }) => {
      const names = blocks(body, "managed").flatMap((block) => itemsOf(attribute(block, "domains")));
      const [over] = names.slice(MOST.names);
      const title = `${address} has ${names.length} names; ${MOST.names} are the most`;
      return over === undefined ? [] : [found(over.by, title)];
    }),
  ],
});
