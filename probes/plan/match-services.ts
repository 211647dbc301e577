import type { Contract, Service } from "../../contract/contract.ts";

/** A service that a configuration defines, as far as a contract can name it. */
export interface ConfiguredService {
  readonly address: string;
  readonly name: string | undefined;
  readonly label: string | undefined;
  /** The one edge it stands behind; undefined where it is not said. */
  readonly edge?: string | undefined;
}

export interface ServiceMatch {
  /** Declared service → Terraform address. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Declared service → why it was not found, or not found once. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * Finds each declared service by its address, else its label, else its Cloud Run or resource name. A service of the edge
 * under test comes before one that is said of no edge; one of another edge never counts.
 */
export function matchServices(
  contract: Contract,
  configured: readonly ConfiguredService[],
  edge?: string,
): ServiceMatch {
  const addresses: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const own = edge === undefined ? [] : configured.filter((each) => each.edge === edge);
  const common = configured.filter((each) => each.edge === undefined);
  for (const service of Object.values(contract.services)) {
    const preferred = byLabelOrName(service, own);
    const found = preferred.length > 0 ? preferred : candidates(service, common);
    if (found.length === 1) addresses[service.id] = found[0]!.address;
    else problems[service.id] = problem(service, found, [...own, ...common]);
  }
  return { addresses, problems };
}

function candidates(service: Service, configured: readonly ConfiguredService[]): ConfiguredService[] {
  if (service.address !== undefined) return configured.filter(({ address }) => address === service.address);
  return byLabelOrName(service, configured);
}

function byLabelOrName({ id }: Service, configured: readonly ConfiguredService[]): ConfiguredService[] {
  const labelled = configured.filter(({ label }) => label === id);
  if (labelled.length > 0) return labelled;
  return configured.filter(({ name, address }) => name === id || address.endsWith(`.${id}`));
}

function problem(
  service: Service,
  found: readonly ConfiguredService[],
  configured: readonly ConfiguredService[],
): string {
  const known = (found.length > 0 ? found : configured).map(({ address }) => address).join(", ");
  if (found.length > 1) return `service ${service.id} is found ${found.length} times: ${known}; name one with address:`;
  return `service ${service.id} is not in the configuration; it holds ${known === "" ? "no Cloud Run service" : known}; name it with address: or the label headgate-service`;
}
