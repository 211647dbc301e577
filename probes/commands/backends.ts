import type { BackendAddress } from "../emulator/start.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import type { ConfiguredService } from "../plan/match-services.ts";
import { meant } from "./choose-edge.ts";
import { UsageError } from "./context.ts";

/** A service of the edge, and what stands in for it. */
export interface StandIn {
  readonly service: ConfiguredService;
  /** What a person calls it: its label, else its name, else its Terraform name. */
  readonly name: string;
  /** Undefined: nothing was named. */
  readonly backend: (BackendAddress & { readonly url: string }) | undefined;
}

/**
 * The services that an edge may hand requests to, with what `--backend NAME=URL` puts in their place.
 * @throws UsageError for a name that is none, or not of one service, and for what is no URL of a server.
 */
export function standInsFor(model: EdgeModel, written: readonly string[] = []): StandIn[] {
  const services = [...model.services, ...otherBackends(model)].filter(
    ({ edge }) => edge === undefined || edge === model.edge,
  );
  const named = new Map<string, StandIn["backend"]>();
  for (const text of written) {
    const at = text.indexOf("=");
    if (at <= 0)
      throw new UsageError("--backend needs a service and where it listens: --backend NAME=http://HOST:PORT");
    const name = text.slice(0, at);
    const { address } = serviceNamed(name, services, model);
    if (named.has(address)) throw new UsageError(`--backend ${name}: something stands in for ${address} already`);
    named.set(address, addressOf(name, text.slice(at + 1)));
  }
  return services.map((service) => ({ service, name: nameOf(service), backend: named.get(service.address) }));
}

/** Backends that lead to no Cloud Run service of the configuration: an instance group, a NEG of another kind, a bucket. */
function otherBackends({ backends }: EdgeModel): ConfiguredService[] {
  const others = [...backends.values()].filter(
    ({ groups }) => !groups.some((group) => group.kind === "run" || group.kind === "mask"),
  );
  return others.map(({ address }) => ({ address, name: undefined, label: undefined }));
}

function nameOf({ label, name, address }: ConfiguredService): string {
  return label ?? name ?? address.slice(address.indexOf(".") + 1);
}

function serviceNamed(name: string, services: readonly ConfiguredService[], { edge }: EdgeModel): ConfiguredService {
  const found = candidates(name, services);
  // A service of this edge comes before one that is said of no edge.
  const own = found.filter((each) => each.edge !== undefined && each.edge === edge);
  const [service, ...others] = own.length > 0 ? own : found;
  if (service === undefined) {
    const known = services.map(nameOf);
    throw new UsageError(
      `--backend ${name}: the edge has no service of that name${meant(name, known)} (valid: ${known.join(", ")})`,
    );
  }
  if (others.length === 0) return service;
  const addresses = [service, ...others].map(({ address }) => address).join(", ");
  throw new UsageError(
    `--backend ${name}: ${others.length + 1} services are called so; name one by its address: ${addresses}`,
  );
}

function candidates(name: string, services: readonly ConfiguredService[]): ConfiguredService[] {
  const ways: ((service: ConfiguredService) => boolean)[] = [
    ({ address }) => address === name,
    ({ label }) => label === name,
    (service) => service.name === name || service.address.endsWith(`.${name}`),
  ];
  return ways.map((way) => services.filter(way)).find((found) => found.length > 0) ?? [];
}

/** A URL that cannot be read may hold a password, so it is not repeated. */
function addressOf(name: string, text: string): BackendAddress & { readonly url: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && url.pathname === "/" && url.search === "" && url.username === "" && url.hash === "";
  if (!isPlain || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "")
    throw new UsageError(
      `--backend ${name}: what follows is not where a server listens; write http://HOST:PORT or https://HOST:PORT`,
    );
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, secure, url: url.origin };
}
