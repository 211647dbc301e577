import { hostIn } from "../contract/contract.ts";
import type { Contract, Environment } from "../contract/contract.ts";
import { ContractError } from "../contract/problem.ts";
import type { Problem } from "../contract/problem.ts";
import { RELEASE_FILE } from "../contract/release.ts";
import type { ReleaseEntry } from "../contract/release.ts";
import { nameProblems } from "./names.ts";

/** Certificates that one HTTPS proxy takes by itself, without a map of Certificate Manager. */
const MAX_CERTIFICATES = 15;

/**
 * The id of an environment, as the name of its stack.
 * @throws ContractError for a name that every object answers to: the construct tree takes it for a child it has already.
 */
export function stackIdOf({ id, at }: Environment): string {
  if (!(id in {})) return id;
  const message = "cannot be the name of a stack; choose another";
  throw new ContractError([{ at, path: `environments.${id}`, message, value: JSON.stringify(id) }]);
}

/** What Google Cloud would refuse, or what nobody could deploy, with the contract's line. */
export function refuse(contract: Contract, environment: Environment): void {
  const problems: Problem[] = Object.values(contract.services)
    .filter(({ image }) => image === undefined)
    .map(({ id, at }) => ({
      at,
      path: `services.${id}.image`,
      message: "the stacks need the image, by digest; write it, or name it with --image or images.json",
      value: "none",
    }));
  problems.push(...nameProblems(contract, environment), ...sharedHosts(contract, environment));
  if (problems.length > 0) throw new ContractError(problems);
}

/**
 * A release of another name, project or region is another system, and building on it would replace what is live. So would
 * another kind of certificates: production would serve some that nobody has issued yet.
 */
export function refuseMoved({ contract: live }: ReleaseEntry, contract: Contract, environment: Environment): void {
  const { project, region, certificates } = live.environment;
  const [was, is] = [
    [live.name, project, region, `certificates ${certificates}`],
    [contract.name, environment.project, environment.region, `certificates ${environment.certificates}`],
  ];
  if (was.every((part, index) => part === is[index])) return;
  throw new ContractError([
    {
      at: environment.at,
      path: `environments.${environment.id}`,
      message: `is live as ${was.join(", ")} in ${RELEASE_FILE}; build the new one as an environment of its own, then take the old one down`,
      value: is.join(", "),
    },
  ]);
}

/** @throws ContractError for more certificates than an HTTPS proxy takes, those of what is live included. */
export function refuseManyCertificates(hosts: readonly string[], { id, at, certificates }: Environment): void {
  if (certificates !== "per-host" || hosts.length <= MAX_CERTIFICATES) return;
  const message = `an HTTPS proxy takes ${MAX_CERTIFICATES} certificates and this one would have ${hosts.length}, one a host; write certificates: certificate-manager`;
  throw new ContractError([{ at, path: `environments.${id}.certificates`, message, value: certificates }]);
}

/** A name leads to one address: of two environments with one host only one would ever be reached. */
function sharedHosts(contract: Contract, environment: Environment): Problem[] {
  const others = Object.values(contract.environments).filter(({ id }) => id !== environment.id);
  const problems = contract.routes.flatMap((route): Problem[] => {
    const host = hostIn(route, environment);
    const rival = others.find((other) => contract.routes.some((each) => hostIn(each, other) === host));
    if (rival === undefined) return [];
    const same = `makes the host ${host}, which environment ${rival.id} has too`;
    return [
      route.host.includes("${domain}")
        ? {
            at: environment.at,
            path: `environments.${environment.id}.domain`,
            message: same,
            value: environment.domain,
          }
        : { at: route.at, path: `routes (${route.id})`, message: `${same}; write \${domain} in it`, value: route.host },
    ];
  });
  // One domain makes all its hosts; one line says it.
  return problems.filter(({ at }, index) => problems.findIndex((each) => each.at === at) === index);
}
