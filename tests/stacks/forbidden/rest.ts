import { tmpdir } from "node:os";
import { backendReference, routingMap, runServiceOf } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import { onService } from "./plant.ts";
import type { Plant } from "./plant.ts";

export const rest: readonly Plant[] = [
  {
    name: "banning who goes too fast",
    plant: onPolicy((policy) => void (policy.rule[0].rate_limit_options.ban_duration_sec = 600)),
    caughtBy: "nobody is banned, by any policy: a ban outlasts a reconnect storm",
  },
  {
    name: "writing headers in Cloud Armor",
    plant: onPolicy((policy) => void (policy.rule[0].header_action = { request_headers_to_adds: [] })),
    caughtBy: "no policy adds a header, which the load balancer would fight over",
  },
  {
    name: "counting without a limit",
    plant: onPolicy((policy) => void (policy.rule[0].preview = true)),
    caughtBy: "nothing but the signatures is in preview: a limit that is only logged is none",
  },
  {
    name: "listening on a network of its own",
    plant: ({ resource }) => {
      const [rule] = Object.values<Json>(resource.google_compute_global_forwarding_rule);
      rule.network = "default";
    },
    caughtBy: "no listener is narrowed by a field that is not declared",
  },
  {
    name: "with records for names that somebody else owns",
    in: "staging",
    plant: ({ resource }) => void (resource.google_dns_record_set = { spare: { name: "x", managed_zone: "z" } }),
    caughtBy: "names that somebody else owns get no record",
  },
  {
    name: "with names for the preview edge",
    in: "production",
    plant: ({ resource }) => {
      resource.google_dns_record_set.spare = { rrdatas: ["${google_compute_global_address.preview_edge.address}"] };
    },
    caughtBy: "the preview edge has no names",
  },
  {
    name: "with a preview edge nobody asked for",
    in: "staging",
    plant: ({ resource }) => void (resource.google_compute_url_map.preview_map = {}),
    caughtBy: "an environment with promotion: direct has nothing of a preview edge",
  },
  {
    name: "with a public route into the preview edge",
    in: "production",
    plant: (terraform) => {
      routingMap(terraform).path_matcher[0].default_service = backendReference(terraform, "frontend", "preview");
    },
    caughtBy: "the public edge leads to nothing of the preview edge, nor the other way",
  },
  {
    name: "with a witness that a slow answer restarts",
    in: "production",
    plant: (terraform) => {
      runServiceOf(terraform, "backend", "preview").template.containers[0].liveness_probe = { period_seconds: 1 };
    },
    caughtBy: "a witness costs nothing while nobody probes, and never cuts a socket",
  },
  {
    name: "named as Google Cloud names nothing",
    plant: (terraform) => void (routingMap(terraform).name = "reference_staging"),
    caughtBy: "every name is one that Google Cloud takes",
  },
  {
    name: "labelled as Google Cloud labels nothing",
    plant: onService("auth", (run) => void (run.labels["headgate-service"] = "The Auth")),
    caughtBy: "every label is one that Google Cloud takes",
  },
  {
    name: "with a path of the machine that made it",
    plant: ({ terraform }) => void (terraform.backend.local.path = `${tmpdir()}/terraform.tfstate`),
    caughtBy: "no text is a path of the machine that made it",
  },
  {
    name: "with a block that repeats itself",
    plant: (terraform) => void (routingMap(terraform).dynamic = { host_rule: {} }),
    caughtBy:
      "nothing repeats itself by count, for_each or a dynamic block, which a reader of the file could not follow",
  },
];

function onPolicy(plant: (policy: Json) => void): (terraform: Json) => void {
  return ({ resource }) =>
    plant(Object.entries<Json>(resource.google_compute_security_policy).find(([id]) => id.startsWith("armor-"))![1]);
}
