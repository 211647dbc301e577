import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import type { ComputeBackendServiceCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js";
import { IapWebBackendServiceIamMember } from "@cdktf/provider-google/lib/iap-web-backend-service-iam-member/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";
import { described } from "./described.ts";

export interface ServerlessBackendProps {
  /** Resource name, at most 63 characters; holds the generation, so that an old and a new one can stand side by side. */
  readonly name: string;
  readonly description?: string;
  readonly region: string;
  /** Cloud Run service name (a token that makes Terraform wait for the service); same region and project (fact S8). */
  readonly cloudRunService: string;
  /** Traffic tag of the generation to reach; undefined: whatever takes the traffic (fact S11). */
  readonly tag?: string;
  /** Id of a Cloud Armor policy. */
  readonly securityPolicy?: string;
  /** Share of requests that are logged, 0 to 1. Default 1. */
  readonly requestLogging?: number;
  /** Lets Cloud CDN answer, as far as the service's own cache headers allow. Excludes `iap` (fact S10). */
  readonly cdn?: boolean;
  /** Members that Identity-Aware Proxy lets in; undefined: IAP is off. */
  readonly iap?: readonly string[];
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
        ...described(props),
        region: props.region,
        networkEndpointType: "SERVERLESS",
        cloudRun: { service: props.cloudRunService, ...(props.tag !== undefined && { tag: props.tag }) },
        lifecycle,
      }),
    );
    this.backendService = here(
      new ComputeBackendService(this, "backend", {
        name: props.name,
        ...described(props),
        loadBalancingScheme: "EXTERNAL_MANAGED",
        protocol: "HTTPS",
        backend: [{ group: neg.id }],
        ...(props.securityPolicy !== undefined && { securityPolicy: props.securityPolicy }),
        logConfig: { enable: (props.requestLogging ?? 1) > 0, sampleRate: props.requestLogging ?? 1 },
        ...(props.cdn === true && { enableCdn: true, cdnPolicy: CDN_POLICY }),
        ...(props.iap !== undefined && { iap: { enabled: true } }),
        lifecycle,
      }),
    );
    for (const member of props.iap ?? []) this.admit(member);
  }

  private admit(member: string): void {
    here(
      new IapWebBackendServiceIamMember(this, `iap-${generationOf(member)}`, {
        webBackendService: this.backendService.name,
        role: "roles/iap.httpsResourceAccessor",
        member,
      }),
    );
  }
}

/**
 * Only what the service itself declares cacheable is cached, and nothing that belongs to one user: a request with a
 * credential or a session goes past the cache (fact P8). The key holds host, scheme and query, so that two hosts of one
 * backend never share an answer.
 */
const CDN_POLICY: ComputeBackendServiceCdnPolicy = {
  cacheMode: "USE_ORIGIN_HEADERS",
  bypassCacheOnRequestHeaders: [{ headerName: "Authorization" }, { headerName: "Cookie" }],
  cacheKeyPolicy: { includeHost: true, includeProtocol: true, includeQueryString: true },
  signedUrlCacheMaxAgeSec: 0,
};
