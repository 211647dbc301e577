import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";

export interface ServerlessBackendProps {
  /** Resource name, at most 63 characters; holds the generation, so that an old and a new one can stand side by side. */
  readonly name: string;
  readonly region: string;
  /** Cloud Run service name (a token that makes Terraform wait for the service). */
  readonly cloudRunService: string;
}

/**
 * Serverless NEG and backend service of one generation of one Cloud Run service. Leaves out every field that a
 * serverless NEG refuses or ignores: timeout, port name, health checks, balancing mode, affinity (facts S1-S5).
 */
export class ServerlessBackend extends Construct {
  readonly backendService: ComputeBackendService;

  constructor(scope: Construct, id: string, props: ServerlessBackendProps) {
    super(scope, id);
    // A generation is replaced, never changed: the new one must exist before the URL map lets go of the old one.
    const lifecycle = { createBeforeDestroy: true };
    const neg = here(
      new ComputeRegionNetworkEndpointGroup(this, "neg", {
        name: props.name,
        region: props.region,
        networkEndpointType: "SERVERLESS",
        cloudRun: { service: props.cloudRunService },
        lifecycle,
      }),
    );
    this.backendService = here(
      new ComputeBackendService(this, "backend", {
        name: props.name,
        loadBalancingScheme: "EXTERNAL_MANAGED",
        protocol: "HTTPS",
        backend: [{ group: neg.id }],
        logConfig: { enable: true, sampleRate: 1 },
        lifecycle,
      }),
    );
  }
}
