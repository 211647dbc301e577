import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import type {
  CloudRunV2ServiceConfig,
  CloudRunV2ServiceTemplateContainers,
  CloudRunV2ServiceTraffic,
} from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";
import { escapeTemplate } from "../terraform-text.ts";
import { described } from "./described.ts";
import { grantInvokers } from "./invokers.ts";
import type { ServiceAccess } from "./invokers.ts";
import { ServiceIdentity } from "./service-identity.ts";

/** Everything in the revision template: what a generation is named by. */
export interface RevisionTemplate {
  /** Image by digest, `…@sha256:…`. */
  readonly image: string;
  readonly port: number;
  /** Request timeout in seconds, at most 3600; also the longest life of a WebSocket (fact R2). */
  readonly timeoutSeconds: number;
  /** Requests and open sockets that one instance holds, 1 to 1000 (facts R1, R6). */
  readonly concurrency: number;
  /** `1` to `8`, or millicores such as `500m`, which go with a concurrency of 1 (fact R6). */
  readonly cpu: string;
  /** Such as `512Mi` or `2Gi`. */
  readonly memory: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** Reconnects meet the same instance where they can (fact R3); the load balancer's own affinity has no say (fact S5). */
  readonly sessionAffinity: boolean;
  /** Path of the start-up and liveness checks; without it Cloud Run checks that the port opens. */
  readonly health?: string;
  /** Plain environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Environment variables from Secret Manager, by version number. */
  readonly secrets?: Readonly<Record<string, { readonly secret: string; readonly version: string }>>;
  /** Direct VPC egress for the service's own calls. */
  readonly vpc?: {
    readonly network: string;
    readonly subnetwork: string;
    readonly egress: "private-ranges" | "all-traffic";
  };
}

export interface CloudRunServiceProps extends RevisionTemplate {
  /** Cloud Run service name, at most 49 characters. */
  readonly name: string;
  /** Value of the label `headgate-service`, by which probes find the service. */
  readonly label: string;
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly region: string;
  readonly description?: string;
  /** Default: the application checks its callers itself. */
  readonly access?: ServiceAccess;
  /** Refuses deletion of the service until it is switched off. Default false. */
  readonly deletionProtection?: boolean;
  /**
   * Generations that stand side by side, each with a tag of its own: `live` takes the traffic (undefined: this template's
   * own), `kept` hold sockets that are still open. Without it this template's takes all traffic and has no tag.
   */
  readonly generations?: { readonly live: string | undefined; readonly kept: readonly string[] };
  /** Secrets that only revisions of other generations read. */
  readonly alsoReads?: readonly string[];
}

/**
 * One Cloud Run v2 service with its own identity, reachable through the load balancer only (fact R15), its port named
 * `http1` because `h2c` ends every WebSocket with a 503 (fact R4). Traffic goes to revisions by name, never to the latest:
 * a deploy alone moves nothing (fact R20).
 */
export class CloudRunService extends Construct {
  readonly service: CloudRunV2Service;
  readonly identity: ServiceIdentity;
  /** Short hash of the revision template; names its revision. */
  readonly generation: string;

  constructor(scope: Construct, id: string, props: CloudRunServiceProps) {
    super(scope, id);
    this.generation = generationOf({ name: props.name, template: templateOf(props) });
    const own = Object.values(props.secrets ?? {}).map(({ secret }) => secret);
    const secrets = [...own, ...(props.alsoReads ?? [])];
    this.identity = here(new ServiceIdentity(this, "identity", { name: props.name, secrets }));
    this.service = here(
      new CloudRunV2Service(this, "service", {
        name: props.name,
        location: props.region,
        ...described(props),
        labels: { ...props.labels, "headgate-service": props.label },
        ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        invokerIamDisabled: (props.access ?? { kind: "app" }).kind === "app",
        ...(props.access?.kind === "iam" && { customAudiences: [...props.access.audiences] }),
        deletionProtection: props.deletionProtection ?? false,
        template: this.template(props),
        traffic: this.traffic(props),
        // A revision that cannot read its secrets does not start.
        ...(this.identity.accessors.length > 0 && { dependsOn: [...this.identity.accessors] }),
      }),
    );
    grantInvokers(this, this.service, props.access ?? { kind: "app" });
  }

  /** Tag of a generation, by which a serverless NEG reaches it whatever takes the traffic (facts S11, R20). */
  static tagOf(generation: string): string {
    return `g-${generation}`;
  }

  private traffic({ name, generations }: CloudRunServiceProps): CloudRunV2ServiceTraffic[] {
    const type = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
    const revision = (generation: string): string => `${name}-${generation}`;
    if (generations === undefined) return [{ type, revision: revision(this.generation), percent: 100 }];
    const { live = this.generation, kept } = generations;
    return [...new Set([live, this.generation, ...kept])].map((generation) => ({
      type,
      revision: revision(generation),
      tag: CloudRunService.tagOf(generation),
      ...(generation === live && { percent: 100 }),
    }));
  }

  private template(props: CloudRunServiceProps): CloudRunV2ServiceConfig["template"] {
    return {
      ...templateOf(props),
      revision: `${props.name}-${this.generation}`,
      serviceAccount: this.identity.account.email,
    };
  }
}

/**
 * Everything in a revision but its name and its identity: what a generation is named by, the choices made here included,
 * because Cloud Run refuses one name with two templates.
 */
function templateOf(props: RevisionTemplate): CloudRunV2ServiceConfig["template"] {
  const { vpc } = props;
  return {
    timeout: `${props.timeoutSeconds}s`,
    maxInstanceRequestConcurrency: props.concurrency,
    sessionAffinity: props.sessionAffinity,
    scaling: { minInstanceCount: props.minInstances, maxInstanceCount: props.maxInstances },
    containers: [container(props)],
    ...(vpc !== undefined && {
      vpcAccess: {
        egress: vpc.egress === "all-traffic" ? "ALL_TRAFFIC" : "PRIVATE_RANGES_ONLY",
        networkInterfaces: [{ network: vpc.network, subnetwork: vpc.subnetwork }],
      },
    }),
  };
}

function container(props: RevisionTemplate): CloudRunV2ServiceTemplateContainers {
  const { image, port, health } = props;
  const plain = Object.entries(props.env ?? {}).map(([name, value]) => ({ name, value: escapeTemplate(value) }));
  const secret = Object.entries(props.secrets ?? {}).map(([name, { secret: key, version }]) => ({
    name,
    valueSource: { secretKeyRef: { secret: key, version } },
  }));
  const variables = [...plain, ...secret].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    image,
    ports: { name: "http1", containerPort: port },
    resources: {
      limits: { cpu: props.cpu, memory: props.memory },
      // A handshake that wakes an instance waits for it (fact R19).
      startupCpuBoost: true,
    },
    ...(variables.length > 0 && { env: variables }),
    startupProbe: {
      ...(health === undefined ? { tcpSocket: { port } } : { httpGet: { path: health, port } }),
      periodSeconds: 5,
      failureThreshold: 24,
    },
    // A restart cuts every open socket (fact R19): only three minutes without an answer justify one.
    ...(health !== undefined && {
      livenessProbe: { httpGet: { path: health, port }, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
    }),
  };
}
