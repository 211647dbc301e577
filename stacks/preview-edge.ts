import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { Preview } from "../contract/contract.ts";
import { CONTROL_PREFIX } from "../contract/limit-checks.ts";
import { STAMP_HEADER } from "../contract/stamp.ts";
import { CloudRunService } from "./constructs/cloud-run-service.ts";
import type { CertificateSource } from "./constructs/edge-certificates.ts";
import { HeaderRouting } from "./constructs/header-routing.ts";
import type { RoutedRule } from "./constructs/header-routing.ts";
import { HttpsEdge } from "./constructs/https-edge.ts";
import { PreviewAdmission } from "./constructs/preview-admission.ts";
import { ServerlessBackend } from "./constructs/serverless-backend.ts";
import { WitnessService } from "./constructs/witness-service.ts";
import { serviceOf } from "./edge-version.ts";
import type { EdgeVersion } from "./edge-version.ts";
import { generationOf } from "./generation.ts";
import { labelsOf, prefixOf, witnessName } from "./names.ts";
import { routingOf } from "./routing.ts";
import { propsOfService } from "./service-props.ts";
import { here } from "./source-lines.ts";

export interface PreviewEdgeProps {
  readonly version: EdgeVersion;
  readonly preview: Preview;
  readonly description: string;
  readonly runs: Readonly<Record<string, CloudRunService>>;
  readonly certificates: CertificateSource;
}

/**
 * A copy of the whole header path for the candidate, beside production and closed to the public: own addresses, listeners
 * and URL map from the same code, the same hosts and certificates. Behind it stands a witness in place of each service
 * that cannot answer probes itself. Below `/.headgate/` each host has a control route without a header action of its own.
 */
export class PreviewEdge extends Construct {
  private readonly admission: PreviewAdmission;

  constructor(scope: Construct, id: string, props: PreviewEdgeProps) {
    super(scope, id);
    const { version, description, certificates } = props;
    const { contract, environment } = version;
    const name = `${prefixOf(contract, environment)}-preview`;
    this.admission = here(new PreviewAdmission(this, "admission", { name, description, allow: props.preview.allow }));
    const backends = Object.fromEntries(
      Object.keys(contract.services).map((service) => [service, this.backendOf(service, props)]),
    );
    const routing = routingOf(version, (service) => backends[service]!);
    const hosts = routing.hosts.map((host) => ({ ...host, rules: [control(host.defaultBackend), ...host.rules] }));
    const map = here(
      new HeaderRouting(this, "routing", {
        name,
        description,
        ...routing,
        hosts,
        respondWith: [{ name: STAMP_HEADER, value: version.stamp }],
      }),
    );
    const edge = here(
      new HttpsEdge(this, "edge", {
        name,
        description,
        labels: { ...labelsOf(contract, environment), "headgate-edge": "preview" },
        hosts: routing.hosts.map(({ host }) => host),
        certificates,
        urlMap: map.urlMap.id,
      }),
    );
    this.say(edge);
  }

  /** Backend service of one declared service on this edge: its witness, or its candidate generation. */
  private backendOf(service: string, { version, preview, description, runs }: PreviewEdgeProps): string {
    const { contract, environment, generations } = version;
    const declared = serviceOf(version, service);
    const prefix = prefixOf(contract, environment);
    const behind =
      declared.witness === "application"
        ? { name: runs[service]!.service.name, tag: CloudRunService.tagOf(generations[service]!) }
        : { name: this.witnessOf(service, witnessName(prefix, service), version, preview).service.name };
    const answers = declared.witness === "application" ? declared.witness : preview.witness;
    const key = generationOf({ service, generation: generations[service], answers, region: environment.region });
    const backend = here(
      new ServerlessBackend(this, `backend-${service}-${key}`, {
        name: `${prefix}-${service}-${key}`,
        description,
        region: environment.region,
        cloudRunService: behind.name,
        ...("tag" in behind && { tag: behind.tag }),
        securityPolicy: this.admission.policy.id,
        requestLogging: contract.edge.requestLogging,
        ...(declared.cdn && { cdn: true }),
        ...(declared.access === "iap" && { iap: declared.invokers }),
      }),
    );
    return backend.backendService.id;
  }

  private witnessOf(service: string, name: string, version: EdgeVersion, { witness }: Preview): CloudRunService {
    return here(
      new WitnessService(this, `witness-${service}`, {
        name,
        image: witness.image,
        key: witness.key,
        inPlaceOf: propsOfService(serviceOf(version, service), version),
        labels: { "headgate-edge": "preview" },
      }),
    ).run;
  }

  private say(edge: HttpsEdge): void {
    const outputs = {
      addresses: {
        value: edge.addresses,
        description: "Addresses of the preview edge; it has no DNS names of its own",
      },
      token: {
        value: this.admission.token,
        sensitive: true,
        description: "Value of the header that opens the preview edge",
      },
    };
    for (const [id, output] of Object.entries(outputs)) {
      // A person types the name: CDKTF would append a hash to it.
      here(new TerraformOutput(this, id, output)).overrideLogicalId(`preview-${id}`);
    }
  }
}

function control(backend: string): RoutedRule {
  return { exact: [], prefixes: [CONTROL_PREFIX], backend, set: [], remove: [] };
}
