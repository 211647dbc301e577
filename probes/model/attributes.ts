import type { Affects, Problem, Unknown } from "../facts/provenance.ts";
import { blocks } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";
import { BACKEND_ATTRIBUTES } from "./attributes-backend.ts";
import { FRONT_ATTRIBUTES } from "./attributes-front.ts";
import { RUN_ATTRIBUTES } from "./attributes-run.ts";
import { URL_MAP_ATTRIBUTES } from "./attributes-url-map.ts";
import { withAffects } from "./doubt.ts";
import { ignoresInert } from "./ignored-changes.ts";

/** Attributes of every block that the model reads, by kind: read, of no effect, or of an effect that cannot be told. */
export const KNOWN_ATTRIBUTES = {
  ...URL_MAP_ATTRIBUTES,
  ...FRONT_ATTRIBUTES,
  ...BACKEND_ATTRIBUTES,
  ...RUN_ATTRIBUTES,
} as const satisfies Record<string, BlockAttributes>;

/** What a provider writes by itself: a state holds it, no configuration does. */
export const COMPUTED: ReadonlySet<string> = new Set(
  `authorization_attempt_info base_forwarding_rule build_info certificate_id conditions create_time
  creation_timestamp creator delete_time effective_annotations effective_labels etag expire_time fingerprint
  forwarding_rule_id gclb_targets generated_id generation label_fingerprint last_modifier latest_created_revision
  latest_ready_revision map_id observed_generation policy_id provisioning_issue proxy_id psc_connection_id
  psc_connection_status reconciling resource_version san_dnsnames self_link self_link_with_policy_id service_name
  serving_state state status subject_alternative_names terminal_condition terraform_labels traffic_statuses uid
  update_time uri url urls`.split(/\s+/),
);

/** Whether an attribute is one that only the provider writes. */
export function isComputed(name: string): boolean {
  return COMPUTED.has(name);
}

export type BlockKind = keyof typeof KNOWN_ATTRIBUTES;

/**
 * What of a block's attributes leaves an answer open, each as a typed unknown. An attribute that no provider has goes to
 * `problems`: Terraform refuses it, so that it never has an effect. Without `problems` it is an unknown too.
 * `affects` is what a block leaves open that cannot be read at all.
 */
export function unheardOf(
  value: Value,
  kind: BlockKind,
  { problems, affects = "request" }: { readonly problems?: Problem[]; readonly affects?: Affects } = {},
): Unknown[] {
  if (value.kind !== "object") {
    const unread: Unknown =
      value.kind === "unknown" ? value : { kind: "unknown", reason: "is not a block", by: value.by };
    return [withAffects(unread, affects)];
  }
  const { modelled, inert, undecided = {} }: BlockAttributes = KNOWN_ATTRIBUTES[kind];
  return [...value.entries].flatMap(([key, entry]): Unknown[] => {
    if (isAbsent(entry)) return [];
    if (key === "lifecycle" && !modelled.includes(key)) return ignoredChanges(entry, kind);
    if (modelled.includes(key) || inert.includes(key) || COMPUTED.has(key)) return [];
    if (key === "dynamic")
      return [{ kind: "unknown", reason: "dynamic: blocks of it are not written out", affects, by: entry.by }];
    const known = undecided[key];
    if (known !== undefined)
      return [{ kind: "unknown", reason: `${key}: ${known.reason}`, affects: known.affects, by: entry.by }];
    if (problems === undefined)
      return [
        { kind: "unknown", reason: `has an attribute whose effect the model does not know: ${key}`, by: entry.by },
      ];
    problems.push({ reason: `the provider has no such argument here: ${key}`, found: "validate", by: entry.by });
    return [];
  });
}

/** With `ignore_changes` the file is not what gets applied, unless all that is ignored has no effect here. */
function ignoredChanges(lifecycle: Value, kind: BlockKind): Unknown[] {
  const ignored = blocks(lifecycle, "ignore_changes");
  if (ignored.length === 0 || ignored.every((each) => ignoresInert(each, KNOWN_ATTRIBUTES[kind]))) return [];
  const reason =
    "lifecycle: Terraform is told to ignore changes, so that what runs may be another thing than the file says";
  return [{ kind: "unknown", reason, by: lifecycle.by }];
}

function isAbsent(value: Value): boolean {
  return (value.kind === "literal" && value.value === null) || (value.kind === "list" && value.items.length === 0);
}
