import type { Service } from "../contract/contract.ts";
import { hostIn } from "../contract/contract.ts";
import type { CloudRunServiceProps } from "./constructs/cloud-run-service.ts";
import type { ServiceAccess } from "./constructs/invokers.ts";
import type { Declared } from "./edge-version.ts";
import { descriptionOf, labelsOf, prefixOf } from "./names.ts";

/** A declared service → what its Cloud Run service is made of. */
export function propsOfService(service: Service, version: Declared): CloudRunServiceProps {
  const { contract, environment } = version;
  return {
    name: `${prefixOf(contract, environment)}-${service.id}`,
    label: service.id,
    labels: labelsOf(contract, environment),
    description: descriptionOf(contract, environment),
    region: environment.region,
    image: service.image ?? "",
    port: service.port,
    timeoutSeconds: Math.ceil(service.timeoutMs / 1000),
    concurrency: service.concurrency,
    cpu: service.cpu,
    memory: service.memory,
    minInstances: service.minInstances,
    maxInstances: service.maxInstances,
    sessionAffinity: service.sessionAffinity,
    ...(service.health !== undefined && { health: service.health }),
    env: service.env,
    secrets: service.secrets,
    ...(service.vpc !== undefined && { vpc: service.vpc }),
    access: accessOf(service, version),
    deletionProtection: environment.deletionProtection,
  };
}

/** Who checks callers; for IAM, the audiences are the public URLs of the hosts that lead to the service (fact R14). */
export function accessOf(service: Service, { contract, environment }: Declared): ServiceAccess {
  if (service.access !== "iam") return { kind: service.access };
  const hosts = contract.routes
    .filter((route) => route.service === service.id)
    .map((route) => `https://${hostIn(route, environment)}`);
  return { kind: "iam", members: service.invokers, audiences: [...new Set(hosts)] };
}
