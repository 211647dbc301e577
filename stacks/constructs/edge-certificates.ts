import { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry/index.js";
import { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map/index.js";
import { CertificateManagerCertificate } from "@cdktf/provider-google/lib/certificate-manager-certificate/index.js";
import { CertificateManagerDnsAuthorization } from "@cdktf/provider-google/lib/certificate-manager-dns-authorization/index.js";
import { ComputeManagedSslCertificate } from "@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";
import { described, labelled } from "./described.ts";

export interface EdgeCertificatesProps {
  /** Prefix of every resource name, at most 50 characters. */
  readonly name: string;
  readonly description?: string;
  /** Labels, where the resource takes any. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  /**
   * `per-host`: a Google-managed certificate for each host, issued once its DNS name points at the edge.
   * `certificate-manager`: certificates with DNS authorization, issued before any traffic can arrive.
   */
  readonly kind: "per-host" | "certificate-manager";
}

/** What an HTTPS proxy serves its certificates from: a list of them, or a map. */
export type CertificateSource = { readonly ids: readonly string[] } | { readonly map: string };

/** A DNS record that proves the ownership of a host. */
export interface AuthorizationRecord {
  readonly host: string;
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

/**
 * One certificate a host, named by the host alone: adding or removing a host touches no other certificate, where a
 * shared one would be replaced as a whole.
 */
export class EdgeCertificates extends Construct {
  readonly source: CertificateSource;
  /** Records to create before the certificates are issued; empty for `per-host`. */
  readonly authorizations: readonly AuthorizationRecord[];

  constructor(scope: Construct, id: string, props: EdgeCertificatesProps) {
    super(scope, id);
    if (props.kind === "per-host") {
      this.source = { ids: props.hosts.map((host) => this.managed(host, props)) };
      this.authorizations = [];
    } else {
      const map = here(new CertificateManagerCertificateMap(this, "map", { name: props.name, ...labelled(props) }));
      this.authorizations = props.hosts.map((host) => this.authorized(host, props, map));
      this.source = { map: `//certificatemanager.googleapis.com/${map.id}` };
    }
  }

  private managed(host: string, props: EdgeCertificatesProps): string {
    const certificate = here(
      new ComputeManagedSslCertificate(this, `host-${generationOf(host)}`, {
        name: `${props.name}-${generationOf(host)}`,
        ...described(props),
        managed: { domains: [host] },
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    return certificate.id;
  }

  private authorized(
    host: string,
    props: EdgeCertificatesProps,
    map: CertificateManagerCertificateMap,
  ): AuthorizationRecord {
    const key = generationOf(host);
    const name = `${props.name}-${key}`;
    const authorization = here(
      new CertificateManagerDnsAuthorization(this, `authorization-${key}`, { name, ...labelled(props), domain: host }),
    );
    const certificate = here(
      new CertificateManagerCertificate(this, `host-${key}`, {
        name,
        ...labelled(props),
        managed: { domains: [host], dnsAuthorizations: [authorization.id] },
      }),
    );
    here(
      new CertificateManagerCertificateMapEntry(this, `entry-${key}`, {
        name,
        ...labelled(props),
        map: map.name,
        hostname: host,
        certificates: [certificate.id],
      }),
    );
    const record = authorization.dnsResourceRecord.get(0);
    return { host, name: record.name, type: record.type, data: record.data };
  }
}
