import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Contract, Environment, Position, Route, Service } from "../contract/contract.ts";
import { pathForm } from "../contract/paths.ts";
import { ContractError } from "../contract/problem.ts";
import type { Problem } from "../contract/problem.ts";
import { CloudRunService } from "./constructs/cloud-run-service.ts";
import { HeaderRouting } from "./constructs/header-routing.ts";
import type { RoutedHost, RoutedRule } from "./constructs/header-routing.ts";
import { HttpsEdge } from "./constructs/https-edge.ts";
import { ServerlessBackend } from "./constructs/serverless-backend.ts";
import { generationOf } from "./generation.ts";
import { forbiddenNames, removedHere, routesByHost, writtenHeaders } from "./route-order.ts";
import type { HostRoutes } from "./route-order.ts";
import { here } from "./source-lines.ts";

export interface EnvironmentStackProps {
  readonly contract: Contract;
  readonly environment: Environment;
}

type Backends = Readonly<Record<string, string>>;

/**
 * One environment: every service and the whole edge, in one state, so that no half of it can be deployed alone.
 * @throws ContractError for what the contract asks and these stacks do not build.
 */
export class EnvironmentStack extends TerraformStack {
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, props.environment.id);
    const { contract, environment } = props;
    const prefix = `${contract.name}-${environment.id}`;
    refuseUnbuilt(contract, environment, prefix);
    here(new GoogleProvider(this, "google", { project: environment.project, region: environment.region }));
    // Relative: an absolute path would make the output differ from machine to machine.
    new LocalBackend(this, { path: `../../../terraform.${environment.id}.tfstate` });
    this.addOverride("terraform.required_version", ">= 1.10.0");

    const hosts = routesByHost(contract, environment);
    const backends = Object.fromEntries(
      Object.values(contract.services).map((service) => [service.id, this.addService(service, environment, prefix)]),
    );
    const routing = here(
      new HeaderRouting(this, "routing", {
        name: prefix,
        hosts: hosts.map((host) => toRoutedHost(host, contract, backends)),
        defaultBackend: backends[hosts[0]!.fallback.service]!,
        removeEverywhere: forbiddenNames(contract),
      }),
    );
    here(
      new HttpsEdge(this, "edge", { name: prefix, hosts: hosts.map(({ host }) => host), urlMap: routing.urlMap.id }),
    );
  }

  /** Adds a service and its backend; gives the id of the backend service. Ids hold the generation. */
  private addService(service: Service, environment: Environment, prefix: string): string {
    const name = `${prefix}-${service.id}`;
    const run = here(
      new CloudRunService(this, `service-${service.id}`, {
        name,
        label: service.id,
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
      }),
    );
    const backend = here(
      new ServerlessBackend(this, `backend-${service.id}-${run.generation}`, {
        name: `${name}-${run.generation}`,
        region: environment.region,
        cloudRunService: run.service.name,
      }),
    );
    return backend.backendService.id;
  }
}

function toRoutedHost(host: HostRoutes, contract: Contract, backends: Backends): RoutedHost {
  const rules = host.routes.map((route) => toRoutedRule(route, contract, backends));
  const lastIsPlain =
    host.routes.at(-1) === host.fallback && host.fallback.paths.length === 1 && isPlain(rules.at(-1)!);
  return {
    name:
      host.host.replaceAll(".", "-").length > 54
        ? `host-${generationOf(host.host)}`
        : `host-${host.host.replaceAll(".", "-")}`,
    host: host.host,
    // A catch-all without header actions needs no rule of its own: it is the path matcher's default.
    rules: lastIsPlain ? rules.slice(0, -1) : rules,
    defaultBackend: backends[host.fallback.service]!,
  };
}

function toRoutedRule(route: Route, contract: Contract, backends: Backends): RoutedRule {
  const forms = route.paths.map(pathForm);
  return {
    exact: forms.filter(({ kind }) => kind === "exact").map(({ match }) => match),
    prefixes: forms.filter(({ kind }) => kind === "prefix").map(({ match }) => match),
    backend: backends[route.service]!,
    set: writtenHeaders(contract, route),
    remove: removedHere(contract, route),
  };
}

function isPlain(rule: RoutedRule): boolean {
  return rule.set.length === 0 && rule.remove.length === 0;
}

/** Says with the contract's line what these stacks do not build yet, rather than building something else. */
function refuseUnbuilt(contract: Contract, environment: Environment, prefix: string): void {
  const { id, at, promotion, dns } = environment;
  const problems: Problem[] = [];
  const refuse = (isRefused: boolean, place: Position, path: string, message: string, value: string): void => {
    if (isRefused) problems.push({ at: place, path, message, value });
  };
  for (const service of Object.values(contract.services)) {
    const name = `${prefix}-${service.id}`;
    const path = `services.${service.id}`;
    refuse(service.access !== "app", service.at, `${path}.access`, "the stacks build access: app only", service.access);
    refuse(service.image === undefined, service.at, `${path}.image`, "the stacks need the image, by digest", "none");
    refuse(name.length > 49, service.at, path, "makes a Cloud Run service name longer than 49 characters", name);
  }
  const path = `environments.${id}`;
  refuse(promotion !== "direct", at, `${path}.promotion`, "the stacks build promotion: direct only", promotion);
  refuse(dns !== "external", at, `${path}.dns`, "the stacks leave names to their owner: dns: external only", "a zone");
  refuse(prefix.length > 40, at, path, "makes resource names longer than 63 characters", prefix);
  if (problems.length > 0) throw new ContractError(problems);
}
