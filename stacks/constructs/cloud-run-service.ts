import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import type { CloudRunV2ServiceConfig } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { ServiceAccount } from "@cdktf/provider-google/lib/service-account/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";

export interface CloudRunServiceProps {
  /** Cloud Run service name, at most 49 characters. */
  readonly name: string;
  /** Value of the label `headgate-service`, by which probes find the service. */
  readonly label: string;
  readonly region: string;
  /** Image by digest, `…@sha256:…`. */
  readonly image: string;
  readonly port: number;
  /** Request timeout in seconds, at most 3600; also the longest life of a WebSocket (fact R2). */
  readonly timeoutSeconds: number;
  /** Requests and open sockets that one instance holds, 1 to 1000 (facts R1, R6). */
  readonly concurrency: number;
  readonly cpu: string;
  readonly memory: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly sessionAffinity: boolean;
  /** Path of the start-up check; without it Cloud Run checks that the port opens. */
  readonly health?: string;
}

/**
 * One Cloud Run v2 service with its own identity, reachable through the load balancer only (fact R15), its port
 * named `http1` because `h2c` ends every WebSocket with a 503 (fact R4). The application checks its callers
 * itself: `invoker_iam_disabled`, no `allUsers`.
 */
export class CloudRunService extends Construct {
  readonly service: CloudRunV2Service;
  /** Short hash of the revision template; names the revision that takes all traffic. */
  readonly generation: string;

  constructor(scope: Construct, id: string, props: CloudRunServiceProps) {
    super(scope, id);
    const { minInstances, maxInstances, health, label, region, ...rest } = props;
    this.generation = generationOf({ ...rest, minInstances, maxInstances, health });
    const account = here(
      new ServiceAccount(this, "account", {
        accountId: accountId(props.name),
        displayName: `Cloud Run service ${props.name}`,
      }),
    );
    this.service = here(
      new CloudRunV2Service(this, "service", {
        name: props.name,
        location: region,
        labels: { "headgate-service": label },
        ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        invokerIamDisabled: true,
        template: this.template(props, account.email),
        traffic: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: this.revision(props), percent: 100 }],
      }),
    );
  }

  private revision(props: CloudRunServiceProps): string {
    return `${props.name}-${this.generation}`;
  }

  private template(props: CloudRunServiceProps, serviceAccount: string): CloudRunV2ServiceConfig["template"] {
    return {
      revision: this.revision(props),
      serviceAccount,
      timeout: `${props.timeoutSeconds}s`,
      maxInstanceRequestConcurrency: props.concurrency,
      sessionAffinity: props.sessionAffinity,
      scaling: { minInstanceCount: props.minInstances, maxInstanceCount: props.maxInstances },
      containers: [
        {
          image: props.image,
          ports: { name: "http1", containerPort: props.port },
          resources: { limits: { cpu: props.cpu, memory: props.memory }, startupCpuBoost: true },
          ...(props.health !== undefined && {
            startupProbe: { httpGet: { path: props.health, port: props.port }, periodSeconds: 5, failureThreshold: 24 },
          }),
        },
      ],
    };
  }
}

/** Service account ids have 6 to 30 characters; a longer name keeps its head and a hash. */
function accountId(name: string): string {
  const id = name.length > 30 ? `${name.slice(0, 21)}-${generationOf(name)}` : name;
  return id.padEnd(6, "0");
}
