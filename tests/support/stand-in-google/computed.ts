import { createHash } from "node:crypto";
import type { Cloud } from "./cloud.ts";
import { latestRevision } from "./cloud-run.ts";
import type { ResourceFacts, ResourceType } from "./resources.ts";
import { selfLink } from "./resources.ts";
import type { Attribute, Block } from "./schema.ts";
import { blocks, isBody, text, Unknown } from "./value.ts";
import type { Body, Value } from "./value.ts";

interface Circumstances {
  readonly cloud: Cloud;
  readonly type: ResourceType;
  readonly id: string;
  readonly body: Body;
}

type Maker = (at: Circumstances) => Value;

const TIME = "2026-01-01T00:00:00Z";

const digest = (of: string, length: number): string => createHash("sha256").update(of).digest("hex").slice(0, length);
const number = (of: string): number => parseInt(digest(of, 10), 16);

/** Stable number of a project, as Google gives one. */
export const projectNumber = (project: string): string => String(100_000_000_000 + (number(project) % 900_000_000_000));

/** Values that any resource fills in by itself, by attribute name. */
const BY_NAME: Readonly<Record<string, Maker>> = {
  self_link: ({ id }) => selfLink(id),
  creation_timestamp: () => TIME,
  create_time: () => TIME,
  update_time: () => TIME,
  etag: ({ id, body }) => `"${digest(id + JSON.stringify(body), 16)}"`,
  fingerprint: ({ id }) => digest(id, 12),
  label_fingerprint: ({ id }) => digest(id, 12),
  uid: ({ id }) => digest(id, 32),
  generated_id: ({ id }) => number(id),
  map_id: ({ id }) => number(id),
  proxy_id: ({ id }) => number(id),
  certificate_id: ({ id }) => number(id),
  forwarding_rule_id: ({ id }) => number(id),
};

const SERVICE_ACCOUNT: Readonly<Record<string, Maker>> = {
  email: ({ id }) => id.split("/").at(-1)!,
  member: ({ id }) => `serviceAccount:${id.split("/").at(-1)!}`,
  name: ({ id }) => id,
  unique_id: ({ id }) => String(number(id)),
};

const runUri = ({ id, body }: Circumstances): string => `https://${text(body, "name")}-${digest(id, 10)}-uc.a.run.app`;

const RUN_SERVICE: Readonly<Record<string, Maker>> = {
  uri: runUri,
  urls: (at) => [runUri(at)],
  generation: ({ cloud, id }) => String(Object.keys(cloud.revisions[id] ?? {}).length),
  observed_generation: ({ cloud, id }) => String(Object.keys(cloud.revisions[id] ?? {}).length),
  latest_created_revision: ({ cloud, id }) => latestRevision(cloud, id) ?? null,
  latest_ready_revision: ({ cloud, id }) => latestRevision(cloud, id) ?? null,
  reconciling: () => false,
  terminal_condition: () => [{ type: "Ready", state: "CONDITION_SUCCEEDED", last_transition_time: TIME }],
  traffic_statuses: ({ body }) =>
    blocks(body, "traffic").map(({ percent, revision, tag, type }) => ({
      percent: percent ?? null,
      revision: revision ?? null,
      tag: tag ?? null,
      type: type ?? null,
    })),
};

/** Values that one type fills in by itself, and before the names above. */
const BY_TYPE: Partial<Readonly<Record<ResourceType, Readonly<Record<string, Maker>>>>> = {
  google_service_account: SERVICE_ACCOUNT,
  google_cloud_run_v2_service: RUN_SERVICE,
  google_compute_global_address: {
    address: ({ cloud, body }) => newAddress(cloud, text(body, "ip_version") === "IPV6"),
  },
  google_compute_global_forwarding_rule: { ip_address: ({ cloud }) => newAddress(cloud, false) },
  google_compute_managed_ssl_certificate: {
    subject_alternative_names: ({ body }) => blocks(body, "managed")[0]?.["domains"] ?? [],
    expire_time: () => "2026-04-01T00:00:00Z",
  },
  google_certificate_manager_certificate: {
    san_dnsnames: ({ body }) => blocks(body, "managed")[0]?.["domains"] ?? [],
  },
  google_certificate_manager_certificate_map_entry: { state: () => "ACTIVE" },
  google_certificate_manager_dns_authorization: {
    dns_resource_record: ({ id, body }) => [
      {
        name: `_acme-challenge.${text(body, "domain")}.`,
        type: "CNAME",
        data: `${digest(id, 36)}.1.authorize.certificatemanager.goog.`,
      },
    ],
  },
  google_compute_ssl_policy: { enabled_features: () => ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] },
};

/** Attributes that the cloud writes anew whenever the resource changes. */
const VOLATILE: readonly string[] = [
  "etag",
  "generation",
  "observed_generation",
  "latest_created_revision",
  "latest_ready_revision",
  "traffic_statuses",
];

function newAddress(cloud: Cloud, isIPv6: boolean): string {
  cloud.addresses += 1;
  return isIPv6 ? `2001:db8::${cloud.addresses.toString(16)}` : `203.0.113.${cloud.addresses % 256}`;
}

/** Everything that the plan left open, as the cloud decides it. */
export function resolved(block: Block, facts: ResourceFacts, at: Circumstances): Body {
  const settled = settle(block, at.body, "", facts.defaults ?? {});
  const attributes = block.attributes.map((attribute) => {
    const { name } = attribute;
    const planned = at.body[name] ?? null;
    const isOpen = planned instanceof Unknown || (VOLATILE.includes(name) && !attribute.optional);
    if (!isOpen) return [name, settled[name] ?? null] as const;
    if (name === "id") return [name, at.id] as const;
    const maker = BY_TYPE[at.type]?.[name] ?? BY_NAME[name];
    const value = maker?.({ ...at, body: settled }) ?? facts.defaults?.[name] ?? emptyOf(attribute);
    return [name, value] as const;
  });
  return { ...settled, ...Object.fromEntries(attributes) };
}

/** Nothing is unknown any more: what the cloud has no default for stays unset. */
function settle(block: Block, body: Body, path: string, defaults: Readonly<Record<string, Value>>): Body {
  const attributes = block.attributes.map(({ name }) => {
    const value = body[name] ?? null;
    return [name, value instanceof Unknown ? (defaults[path + name] ?? null) : value] as const;
  });
  const nested = block.blocks.map((inner) => {
    const inside = `${path}${inner.name}.`;
    const value = body[inner.name] ?? null;
    const settled = Array.isArray(value)
      ? (value as readonly Value[]).filter(isBody).map((each) => settle(inner.block, each, inside, defaults))
      : isBody(value)
        ? settle(inner.block, value, inside, defaults)
        : null;
    return [inner.name, settled] as const;
  });
  return Object.fromEntries([...attributes, ...nested]);
}

const emptyOf = ({ type }: Attribute): Value =>
  typeof type === "string" || type[0] === "object" ? null : type[0] === "map" ? {} : [];
