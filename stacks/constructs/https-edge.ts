import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js";
import { ComputeManagedSslCertificate } from "@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js";
import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy/index.js";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";

export interface HttpsEdgeProps {
  /** Prefix of every resource name, at most 40 characters. */
  readonly name: string;
  /** Hosts that the certificates cover, one managed certificate each. */
  readonly hosts: readonly string[];
  /** Id of the URL map that serves HTTPS. */
  readonly urlMap: string;
}

/**
 * What the internet sees: one global address, a managed certificate a host, the HTTPS listener, and an HTTP
 * listener that only redirects. The scheme is always written out, because the provider's default differs
 * between major versions (fact U10).
 */
export class HttpsEdge extends Construct {
  constructor(scope: Construct, id: string, props: HttpsEdgeProps) {
    super(scope, id);
    const address = here(new ComputeGlobalAddress(this, "address", { name: props.name }));
    this.httpsListener(props, address);
    this.httpListener(props, address);
    here(
      new TerraformOutput(this, "ip-address", {
        value: address.address,
        description: "Point the A record of every host here",
      }),
    );
  }

  private httpsListener(props: HttpsEdgeProps, address: ComputeGlobalAddress): void {
    const certificates = props.hosts.map((host) =>
      here(
        new ComputeManagedSslCertificate(this, `certificate-${host.replaceAll(".", "-")}`, {
          name: `${props.name}-${generationOf(host)}`,
          managed: { domains: [host] },
          lifecycle: { createBeforeDestroy: true },
        }),
      ),
    );
    const proxy = here(
      new ComputeTargetHttpsProxy(this, "https-proxy", {
        name: `${props.name}-https`,
        urlMap: props.urlMap,
        sslCertificates: certificates.map(({ id }) => id),
      }),
    );
    here(
      new ComputeGlobalForwardingRule(this, "https-rule", {
        name: `${props.name}-https`,
        loadBalancingScheme: "EXTERNAL_MANAGED",
        ipAddress: address.id,
        portRange: "443",
        target: proxy.id,
      }),
    );
  }

  private httpListener(props: HttpsEdgeProps, address: ComputeGlobalAddress): void {
    const redirect = here(
      new ComputeUrlMap(this, "redirect-map", {
        name: `${props.name}-redirect`,
        defaultUrlRedirect: {
          httpsRedirect: true,
          redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
          stripQuery: false,
        },
      }),
    );
    const proxy = here(
      new ComputeTargetHttpProxy(this, "http-proxy", { name: `${props.name}-http`, urlMap: redirect.id }),
    );
    here(
      new ComputeGlobalForwardingRule(this, "http-rule", {
        name: `${props.name}-http`,
        loadBalancingScheme: "EXTERNAL_MANAGED",
        ipAddress: address.id,
        portRange: "80",
        target: proxy.id,
      }),
    );
  }
}
