import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { itemsOf, resourcesOf } from "../reading.ts";

export const wildcardWithoutAuthorization = defineStaticRule({
  id: "wildcard-without-authorization",
  title: "a Google-managed certificate asks for a wildcard that it cannot prove",
  severity: "error",
  found: "apply",
  because:
    "Only an authorization by DNS, or a CA of one's own, gives a wildcard; the certificate stays unissued and every host of it without TLS.",
  fix: "Use `google_certificate_manager_certificate` with `dns_authorizations`, or name each host.",
  sources: ["C3"],
  check: ({ graph }) => [
    ...resourcesOf(graph, ["google_compute_managed_ssl_certificate"]).flatMap(({ address, body }) =>
      blocks(body, "managed").flatMap((block) => wildcards(block, `${address} cannot have a wildcard`)),
    ),
    ...resourcesOf(graph, ["google_certificate_manager_certificate"]).flatMap(({ address, body }) =>
      blocks(body, "managed").flatMap((block) =>
        itemsOf(attribute(block, "dns_authorizations")).length > 0 || attribute(block, "issuance_config") !== undefined
          ? []
          : wildcards(block, `${address} has no authorization by DNS`),
      ),
    ),
  ],
});

function wildcards(managed: Value, why: string): Said[] {
  return itemsOf(attribute(managed, "domains")).flatMap((domain) => {
    const name = knownText(domain);
    return name?.startsWith("*") === true ? [found(domain.by, `${why}: ${name}`)] : [];
  });
}
