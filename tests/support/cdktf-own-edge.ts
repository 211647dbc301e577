import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js";
import { ComputeManagedSslCertificate } from "@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { Construct } from "constructs";

/** The contract that {@link OwnEdge} keeps, in a stack named `staging`. */
export const OWN_CONTRACT = `version: 1
name: own
environments:
  staging: { project: example-staging, region: us-central1, domain: staging.example.com }
headers:
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
services:
  backend: { image: "registry.example.com/backend@sha256:${"0".repeat(64)}", port: 8000 }
routes:
  - { host: "api.\${domain}", paths: [/*], service: backend, protocol: websocket, clients: [native], headers: [authorization] }
`;

/**
 * A load balancer as somebody writes it without a construct of ours. Tests copy this file into apps of others, as it is.
 * @param removed request headers that the URL map takes away
 */
export class OwnEdge extends Construct {
  constructor(scope: Construct, id: string, removed: string[] = []) {
    super(scope, id);
    const region = "us-central1";
    const scheme = "EXTERNAL_MANAGED";
    new GoogleProvider(this, "google", { project: "example-staging", region });
    const backend = this.backend(region, scheme);
    const routing = new ComputeUrlMap(this, "routing", {
      name: "own",
      defaultService: backend.id,
      ...(removed.length === 0 ? {} : { headerAction: { requestHeadersToRemove: removed } }),
    });
    const certificate = new ComputeManagedSslCertificate(this, "certificate", {
      name: "own",
      managed: { domains: ["api.staging.example.com"] },
    });
    const proxy = new ComputeTargetHttpsProxy(this, "proxy", {
      name: "own",
      urlMap: routing.id,
      sslCertificates: [certificate.id],
    });
    new ComputeGlobalForwardingRule(this, "https", {
      name: "own",
      target: proxy.id,
      portRange: "443",
      loadBalancingScheme: scheme,
    });
  }

  private backend(region: string, scheme: string): ComputeBackendService {
    const run = new CloudRunV2Service(this, "run", {
      name: "backend",
      location: region,
      ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
      invokerIamDisabled: true,
      template: { containers: [{ image: "registry.example.com/backend", ports: { containerPort: 8000 } }] },
    });
    const group = new ComputeRegionNetworkEndpointGroup(this, "group", {
      name: "own",
      region,
      networkEndpointType: "SERVERLESS",
      cloudRun: { service: run.name },
    });
    return new ComputeBackendService(this, "backend", {
      name: "own",
      protocol: "HTTPS",
      loadBalancingScheme: scheme,
      backend: [{ group: group.id }],
    });
  }
}
