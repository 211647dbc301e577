import type { Provenance } from "../../../facts/provenance.ts";
import { hostIn } from "../../../../contract/contract.ts";
import type { Listener } from "../../../model/edge-model.ts";
import { hostRuleFor } from "../../../model/host-index.ts";
import { listenersByMap } from "../certificates.ts";
import { defineStaticRule, found } from "../define-rule.ts";

export const certificateNameWithoutHostRule = defineStaticRule({
  id: "certificate-name-without-host-rule",
  title: "a certificate covers a host that neither a host rule nor the contract names",
  severity: "note",
  found: "run",
  because:
    "Such a host is served by the map's default, without the paths and header actions of any path matcher, and so without its WebSockets.",
  fix: "Add a host rule for it, or take the name out of the certificate.",
  sources: ["M66", "U11"],
  check: ({ edges, declared }) => {
    // Without a contract nobody says that the default is not meant to serve it.
    if (declared === undefined) return [];
    const wanted = new Set(declared.contract.routes.map((route) => hostIn(route, declared.environment)));
    return listenersByMap(edges).flatMap(({ map, listeners }) => {
      const isRead = map.index.unread.length === 0;
      // A map without host rules serves every host alike, and means to.
      if (map.hosts.length === 0 || !isRead) return [];
      return listeners
        .flatMap(namesOf)
        .filter(({ name }) => !name.startsWith("*") && !wanted.has(name) && hostRuleFor(map.index, name) === undefined)
        .map(({ name, by }) =>
          found(by, `no route of the contract and no host rule of ${map.address} names ${name}`, { by: [map.by] }),
        );
    });
  },
});

function namesOf({ certificates }: Listener): { readonly name: string; readonly by: Provenance }[] {
  return certificates.flatMap(({ names, places }) => names.map((name, index) => ({ name, by: places[index]! })));
}
