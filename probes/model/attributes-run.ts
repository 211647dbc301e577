import { META } from "./attribute-kinds.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

const CONTAINER = [
  "args",
  "base_image_uri",
  "command",
  "depends_on",
  "env",
  "env_from",
  "image",
  "liveness_probe",
  "name",
  "readiness_probe",
  "resources",
  "source_code",
  "startup_probe",
  "volume_mounts",
  "working_dir",
] as const;

const CONDITION = {
  condition: { reason: "grants under a condition that is not evaluated", affects: "refusal" },
} as const;

/** Cloud Run services of both APIs, and who may call them. */
export const RUN_ATTRIBUTES = {
  runService: {
    modelled: [
      "name",
      "labels",
      "template",
      "invoker_iam_disabled",
      "iap_enabled",
      "ingress",
      "traffic",
      "custom_audiences",
      "location",
    ],
    inert: [
      ...META,
      "annotations",
      "binary_authorization",
      "build_config",
      "client",
      "client_version",
      "default_uri_disabled",
      "deletion_protection",
      "launch_stage",
      "multi_region_settings",
      "scaling",
    ],
  },
  traffic: { modelled: ["type", "revision", "tag", "percent"], inert: [] },
  template: {
    modelled: ["containers", "revision", "timeout"],
    inert: [
      "annotations",
      "encryption_key",
      "execution_environment",
      "gpu_zonal_redundancy_disabled",
      "health_check_disabled",
      "labels",
      "max_instance_request_concurrency",
      "node_selector",
      "scaling",
      "service_account",
      "session_affinity",
      "volumes",
      "vpc_access",
    ],
    undecided: {
      service_mesh: { reason: "is a sidecar that may write Authorization (R22)", affects: "headers" },
    },
  },
  container: { modelled: ["ports"], inert: CONTAINER },
  ports: { modelled: ["name"], inert: ["container_port"] },
  invoker: { modelled: ["name", "role", "member", "members"], inert: [...META, "location"], undecided: CONDITION },
  invokerV1: { modelled: ["service", "role", "member", "members"], inert: [...META, "location"], undecided: CONDITION },
  runV1: {
    modelled: ["name", "metadata", "template", "traffic", "location"],
    inert: [...META, "autogenerate_revision_name"],
  },
  runV1Metadata: {
    modelled: ["annotations", "labels", "name"],
    inert: ["namespace"],
  },
  runV1Template: { modelled: ["metadata", "spec"], inert: [] },
  runV1Spec: {
    modelled: ["containers", "timeout_seconds"],
    inert: ["container_concurrency", "node_selector", "service_account_name", "volumes"],
  },
  runV1Container: { modelled: ["ports"], inert: CONTAINER },
  runV1Ports: { modelled: ["name"], inert: ["container_port", "protocol"] },
  runV1Traffic: { modelled: ["latest_revision", "revision_name", "tag", "percent"], inert: [] },
} as const satisfies Record<string, BlockAttributes>;
