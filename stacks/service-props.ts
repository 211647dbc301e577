import type { Service } from "../contract/contract.ts";
import { hostIn, own } from "../contract/contract.ts";
import type { CloudRunServiceProps } from "./constructs/cloud-run-service.ts";
import type { ServiceAccess } from "./constructs/invokers.ts";
import { allOf, serviceOf } from "./edge-version.ts";
import type { Declared, Versions } from "./edge-version.ts";
import { descriptionOf, labelsOf, prefixOf } from "./names.ts";

/**
 * A service of one or several versions → what its one Cloud Run service is made of: the newest template, and around it
 * what every generation that still answers needs.
 */
export function propsInVersions(id: string, versions: Versions): CloudRunServiceProps {
  const { current, live, kept } = versions;
  const declaring = allOf(versions).filter(({ contract }) => Object.hasOwn(contract.services, id));
  const newest = declaring[0]!;
  // Cloud Run checks callers for all generations alike: until the promotion, as the live one is used to.
  const inForce = live !== undefined && Object.hasOwn(live.contract.services, id) ? live : newest;
  const generations = {
    live: live && own(live.generations, id),
    kept: kept.flatMap((each) => own(each.generations, id) ?? []),
  };
  return {
    ...propsOfService(serviceOf(newest, id), newest),
    access: accessOf(serviceOf(inForce, id), inForce),
    // An instance of an older generation reads its secrets whenever it starts.
    alsoReads: declaring
      .slice(1)
      .flatMap((version) => Object.values(serviceOf(version, id).secrets).map(({ secret }) => secret)),
    // What may be deleted is decided now, also for a service that only a release still has.
    deletionProtection: current.environment.deletionProtection,
    ...(current.environment.promotion === "preview" && { generations }),
  };
}

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
