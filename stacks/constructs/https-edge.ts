import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js";
import { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy/index.js";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";
import { described, labelled } from "./described.ts";
import type { CertificateSource } from "./edge-certificates.ts";
import { HttpRedirect } from "./http-redirect.ts";

export interface HttpsEdgeProps {
  /** Prefix of every resource name, at most 50 characters. */
  readonly name: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Hosts that are served, for the tests of the redirect. */
  readonly hosts: readonly string[];
  readonly certificates: CertificateSource;
  /** Id of the URL map that serves HTTPS. */
  readonly urlMap: string;
}

const IP_VERSIONS = ["ipv4", "ipv6"] as const;
type IpVersion = (typeof IP_VERSIONS)[number];

/**
 * What the internet sees: an IPv4 and an IPv6 address, the HTTPS listener with TLS 1.2 or later, and an HTTP listener that
 * only redirects. The scheme is always written out, because the provider's default differs between major versions
 * (fact U10).
 */
export class HttpsEdge extends Construct {
  /** The addresses, once Terraform knows them (tokens). */
  readonly addresses: Readonly<Record<IpVersion, string>>;

  constructor(scope: Construct, id: string, props: HttpsEdgeProps) {
    super(scope, id);
    const https = this.httpsProxy(props);
    const redirect = here(
      new HttpRedirect(this, "redirect", {
        name: props.name,
        ...described(props),
        hosts: props.hosts,
      }),
    );
    const addresses = IP_VERSIONS.map((version) => {
      const address = here(
        new ComputeGlobalAddress(this, `address-${version}`, {
          name: `${props.name}-${version}`,
          ...labelled(props),
          ipVersion: version.toUpperCase(),
        }),
      );
      this.listen(props, { version, address, port: "443", scheme: "https", target: https.id });
      this.listen(props, { version, address, port: "80", scheme: "http", target: redirect.proxy.id });
      return [version, address.address];
    });
    this.addresses = Object.fromEntries(addresses) as Record<IpVersion, string>;
  }

  private httpsProxy(props: HttpsEdgeProps): ComputeTargetHttpsProxy {
    const tls = here(
      new ComputeSslPolicy(this, "ssl-policy", {
        name: props.name,
        ...described(props),
        profile: "MODERN",
        minTlsVersion: "TLS_1_2",
      }),
    );
    const { certificates } = props;
    return here(
      new ComputeTargetHttpsProxy(this, "https-proxy", {
        name: `${props.name}-https`,
        ...described(props),
        urlMap: props.urlMap,
        ...("map" in certificates ? { certificateMap: certificates.map } : { sslCertificates: [...certificates.ids] }),
        sslPolicy: tls.id,
      }),
    );
  }

  private listen(props: HttpsEdgeProps, listener: Listener): void {
    const { version, address, port, scheme, target } = listener;
    here(
      new ComputeGlobalForwardingRule(this, `${scheme}-${version}`, {
        name: `${props.name}-${scheme}-${version}`,
        ...labelled(props),
        loadBalancingScheme: "EXTERNAL_MANAGED",
        ipAddress: address.id,
        portRange: port,
        target,
      }),
    );
  }
}

interface Listener {
  readonly version: IpVersion;
  readonly address: ComputeGlobalAddress;
  readonly port: string;
  readonly scheme: "http" | "https";
  /** Id of the proxy. */
  readonly target: string;
}
