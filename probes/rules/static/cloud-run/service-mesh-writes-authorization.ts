import { defineStaticRule, found } from "../define-rule.ts";
import { resourceOf, runServices, settingsOf } from "../run-settings.ts";

export const serviceMeshWritesAuthorization = defineStaticRule({
  id: "service-mesh-writes-authorization",
  title: "a service mesh may replace `Authorization` in calls that a service makes",
  severity: "warning",
  found: "run",
  because:
    "The mesh's sidecar was seen to put the service account's token in place of the caller's on calls to other services of the mesh.",
  fix: "Carry the caller's own credential to other services in another header, and read on the far side which one arrives.",
  sources: ["R22"],
  check: ({ graph, edges }) =>
    runServices(edges).flatMap((service) => {
      const { mesh } = settingsOf(resourceOf(graph, service));
      const title = `the mesh may replace Authorization in what ${service.address} sends to other services`;
      return mesh === undefined || (mesh.kind === "list" && mesh.items.length === 0)
        ? []
        : [found(mesh.kind === "list" ? mesh.items[0]!.by : mesh.by, title)];
    }),
});
