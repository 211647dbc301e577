import type { Provenance } from "../../../facts/provenance.ts";
import type { Backend } from "../../../model/edge-model.ts";
import { addressIn } from "../../../model/lookup.ts";
import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { backendsOf } from "../levels.ts";
import { valueAt } from "../reading.ts";
import { addressesOf, socketWays } from "../sockets.ts";
import { mapsOf, matchersOf, routesOf } from "../ways.ts";
import { deletesIt } from "../remedy.ts";

export const mirrorNotSupported = defineStaticRule({
  id: "mirror-not-supported",
  title: "requests are mirrored where that does not work",
  severity: "error",
  found: "apply",
  because: "Mirroring does not work with serverless NEGs, and no upgrade is ever mirrored.",
  fix: "Take `request_mirror_policy` out of the route.",
  sources: ["M48"],
  remedy: deletesIt,
  check: (subject) => {
    const sockets = new Set(socketWays(subject).map(({ route }) => route));
    const routes = mapsOf(subject.edges).flatMap((map) => [map.fallback, ...matchersOf(map).flatMap(routesOf)]);
    return routes.flatMap((route) => {
      const { mirror } = route.policy;
      if (mirror === undefined) return [];
      const serverless = [...addressesOf(route), ...mirrorOf(mirror, subject)].find((address) =>
        isServerless(backendsOf(subject).get(address)),
      );
      if (serverless !== undefined)
        return [found(mirror, `${mirror.address} mirrors requests, and ${serverless} is a serverless backend`)];
      const title = `${mirror.address} mirrors the requests of a socket's route, of which no handshake is one`;
      return sockets.has(route) ? [found(mirror, title, { severity: "warning" })] : [];
    });
  },
});

function mirrorOf(place: Provenance, { graph }: Subject): string[] {
  const block = valueAt(graph, place);
  const written = block === undefined ? undefined : attribute(block, "backend_service");
  const address = written === undefined ? undefined : addressIn(written);
  return address === undefined ? [] : [address];
}

function isServerless(backend: Backend | undefined): boolean {
  return (backend?.groups ?? []).some(
    (group) => group.kind === "run" || group.kind === "mask" || (group.kind === "elsewhere" && group.serverless),
  );
}
