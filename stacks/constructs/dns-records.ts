import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";
import type { AuthorizationRecord } from "./edge-certificates.ts";

export interface DnsRecordsProps {
  /** Name of an existing Cloud DNS managed zone. */
  readonly zone: string;
  readonly hosts: readonly string[];
  readonly addresses: { readonly ipv4: string; readonly ipv6: string };
  /** Records that prove the ownership of hosts to Certificate Manager. */
  readonly authorizations: readonly AuthorizationRecord[];
}

/** Seconds that resolvers may keep a record: short enough to move an edge, long enough not to notice. */
const TTL = 300;

/** A and AAAA records of every host in a Cloud DNS zone, and the records that authorize certificates. */
export class DnsRecords extends Construct {
  constructor(scope: Construct, id: string, props: DnsRecordsProps) {
    super(scope, id);
    for (const host of props.hosts) {
      this.record(`a-${generationOf(host)}`, props.zone, { name: `${host}.`, type: "A", data: props.addresses.ipv4 });
      this.record(`aaaa-${generationOf(host)}`, props.zone, {
        name: `${host}.`,
        type: "AAAA",
        data: props.addresses.ipv6,
      });
    }
    for (const { host, ...record } of props.authorizations)
      this.record(`authorization-${generationOf(host)}`, props.zone, record);
  }

  private record(id: string, zone: string, record: { name: string; type: string; data: string }): void {
    const { name, type, data } = record;
    here(new DnsRecordSet(this, id, { managedZone: zone, name, type, ttl: TTL, rrdatas: [data] }));
  }
}
