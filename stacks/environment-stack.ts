import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { GcsBackend, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { inCanonicalOrder } from "../contract/canonical.ts";
import type { Contract, Environment } from "../contract/contract.ts";
import { RELEASE_FILE, contractOfRelease, releaseEntry } from "../contract/release.ts";
import type { Release, ReleaseEntry } from "../contract/release.ts";
import { durationText } from "../contract/schema-terms.ts";
import { STAMP_HEADER } from "../contract/stamp.ts";
import { Backends } from "./backends.ts";
import { CloudRunService } from "./constructs/cloud-run-service.ts";
import { DeployGate } from "./constructs/deploy-gate.ts";
import { DnsRecords } from "./constructs/dns-records.ts";
import { EdgeCertificates } from "./constructs/edge-certificates.ts";
import { HeaderRouting } from "./constructs/header-routing.ts";
import { HttpsEdge } from "./constructs/https-edge.ts";
import { allOf } from "./edge-version.ts";
import type { EdgeVersion, Versions } from "./edge-version.ts";
import { descriptionOf, labelsOf, prefixOf } from "./names.ts";
import { PreviewEdge } from "./preview-edge.ts";
import { refuse, refuseManyCertificates, refuseMoved, stackIdOf } from "./refusals.ts";
import { routesByHost } from "./route-order.ts";
import { routingOf } from "./routing.ts";
import { propsInVersions } from "./service-props.ts";
import { here } from "./source-lines.ts";

/** Id of the preview edge, which its resources' names begin with. */
const PREVIEW = "preview";

export interface EnvironmentStackProps {
  readonly contract: Contract;
  readonly environment: Environment;
  /** What is live, for `promotion: preview`; undefined before the first promotion. */
  readonly release?: Release | undefined;
}

/**
 * One environment: every service and the whole edge, in one state, so that no half of it can be deployed alone. With
 * `promotion: preview` the public edge is built from the release that is live, and the contract as it stands goes to the
 * preview edge: nothing that users meet changes before it was probed.
 * @throws ContractError for what the contract asks and Google Cloud would refuse.
 */
export class EnvironmentStack extends TerraformStack {
  /** What `release.json` holds once this contract is promoted; undefined for an environment without a preview edge. */
  readonly candidateRelease: ReleaseEntry | undefined;
  private readonly runs: Readonly<Record<string, CloudRunService>>;
  private readonly description: string;

  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, stackIdOf(props.environment));
    const { environment } = props;
    const contract = inCanonicalOrder(props.contract);
    refuse(contract, environment);
    this.description = descriptionOf(contract, environment);
    this.addProvider(contract, environment);
    const release = environment.promotion === "preview" ? props.release : undefined;
    if (release !== undefined) refuseMoved(release.live, contract, environment);
    const live = release === undefined ? undefined : versionOf(release.live);
    const kept = (release?.kept ?? []).map(versionOf);
    this.runs = this.addServices({ current: { contract, environment }, live, kept });
    const entry = releaseEntry(contract, environment, this.generations(contract));
    this.candidateRelease = environment.promotion === "preview" ? entry : undefined;
    const candidate = { contract, environment, generations: entry.generations, stamp: entry.stamp };
    this.addEdges(live ?? candidate, candidate, kept);
    this.addGate(environment, live ?? candidate);
  }

  private addProvider({ name }: Contract, { id, project, region, state }: Environment): void {
    here(new GoogleProvider(this, "google", { project, region }));
    if (state === "local") {
      // Relative: an absolute path would make the output differ from machine to machine.
      new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    } else {
      new GcsBackend(this, { bucket: state.gcs, prefix: `${name}/${id}` });
    }
    this.addOverride("terraform.required_version", ">= 1.10.0");
  }

  /** Every declared service, and those that only a release still sends requests to. */
  private addServices(versions: Versions): Record<string, CloudRunService> {
    const ids = new Set(allOf(versions).flatMap(({ contract }) => Object.keys(contract.services)));
    return Object.fromEntries(
      [...ids].map((id) => [id, here(new CloudRunService(this, `service-${id}`, propsInVersions(id, versions)))]),
    );
  }

  /** Service → generation of its template as the contract stands. */
  private generations({ services }: Contract): Record<string, string> {
    return Object.fromEntries(Object.keys(services).map((service) => [service, this.runs[service]!.generation]));
  }

  private addEdges(live: EdgeVersion, candidate: EdgeVersion, kept: readonly EdgeVersion[]): void {
    const { contract, environment } = candidate;
    const prefix = prefixOf(contract, environment);
    const backends = new Backends(this, {
      prefix,
      description: this.description,
      runs: this.runs,
      tagged: environment.promotion === "preview",
    });
    // The candidate's backends stand ready before anything is promoted; those of kept releases until their sockets ended.
    for (const version of [live, candidate, ...kept])
      for (const service of Object.keys(version.contract.services)) backends.idOf(version, service);
    const hosts = [...new Set([...hostsOf(live), ...hostsOf(candidate)])];
    refuseManyCertificates(hosts, environment);
    const certificates = here(
      new EdgeCertificates(this, "certificates", {
        name: prefix,
        description: this.description,
        labels: labelsOf(contract, environment),
        hosts,
        kind: environment.certificates,
      }),
    );
    const edge = this.addPublicEdge(live, backends, certificates);
    if (environment.preview !== undefined) {
      here(
        new PreviewEdge(this, PREVIEW, {
          version: candidate,
          preview: environment.preview,
          description: this.description,
          runs: this.runs,
          certificates: certificates.source,
        }),
      );
    }
    this.addNames(live, edge, certificates);
    this.say("generations", live.generations, "Generation of each service that answers on the public edge");
    this.say("stamp", live.stamp, `Value of ${STAMP_HEADER} in every answer of the public edge`);
  }

  /** Whatever is not the preview edge's own waits for a proof of what production is built from. */
  private addGate({ promotion, receiptAgeMs }: Environment, { stamp }: EdgeVersion): void {
    const guards = (name: string): boolean => !name.startsWith(`${PREVIEW}_`);
    const live = promotion === "preview" ? { live: { stamp, guards } } : {};
    here(new DeployGate(this, "gate", { maxAge: durationText(receiptAgeMs), ...live }));
  }

  private addPublicEdge(live: EdgeVersion, backends: Backends, certificates: EdgeCertificates): HttpsEdge {
    const name = prefixOf(live.contract, live.environment);
    const routing = here(
      new HeaderRouting(this, "routing", {
        name,
        description: this.description,
        ...routingOf(live, (service) => backends.idOf(live, service)),
        respondWith: [{ name: STAMP_HEADER, value: live.stamp }],
      }),
    );
    return here(
      new HttpsEdge(this, "edge", {
        name,
        description: this.description,
        labels: labelsOf(live.contract, live.environment),
        hosts: hostsOf(live),
        certificates: certificates.source,
        urlMap: routing.urlMap.id,
      }),
    );
  }

  private addNames(live: EdgeVersion, { addresses }: HttpsEdge, { authorizations }: EdgeCertificates): void {
    const { dns } = live.environment;
    const hosts = hostsOf(live);
    if (dns !== "external") {
      here(new DnsRecords(this, "names", { zone: dns.zone, hosts, addresses, authorizations }));
    }
    const records = [
      ...hosts.flatMap((host) => [
        { name: `${host}.`, type: "A", data: addresses.ipv4 },
        { name: `${host}.`, type: "AAAA", data: addresses.ipv6 },
      ]),
      ...authorizations.map(({ name, type, data }) => ({ name, type, data })),
    ];
    this.say(
      "urls",
      hosts.map((host) => `https://${host}`),
      "Where the system answers",
    );
    this.say("addresses", addresses, "Addresses of the public edge");
    this.say(
      "dns-records",
      records,
      dns === "external" ? "Records to create at the owner of the names" : "Records of the zone",
    );
  }

  private say(id: string, value: unknown, description: string): void {
    here(new TerraformOutput(this, id, { value, description }));
  }
}

function versionOf(entry: ReleaseEntry): EdgeVersion {
  const { generations, stamp } = entry;
  const { contract, environment } = contractOfRelease(entry, RELEASE_FILE);
  return { contract: inCanonicalOrder(contract), environment, generations, stamp };
}

function hostsOf({ contract, environment }: EdgeVersion): string[] {
  return routesByHost(contract, environment).map(({ host }) => host);
}
