import type { ResourceType } from "../resources.ts";
import { RESOURCE_TYPES } from "../resources.ts";
import { text } from "../value.ts";
import { invalid } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const RFC_1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const ACCOUNT = /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/;
const LONGEST_RUN_NAME = 49;

const COMPUTE: readonly ResourceType[] = RESOURCE_TYPES.filter((type) => type.startsWith("google_compute_"));
const CERTIFICATE_MANAGER: readonly ResourceType[] = RESOURCE_TYPES.filter((type) =>
  type.startsWith("google_certificate_manager_"),
);

export const NAME_REFUSALS: readonly RefusalRow[] = [
  {
    id: "name-not-rfc-1035",
    facts: ["RFC1035"],
    resources: [...COMPUTE, ...CERTIFICATE_MANAGER],
    refuses: (body) => {
      const name = text(body, "name") ?? "";
      if (RFC_1035.test(name)) return undefined;
      return invalid("name", name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
    },
  },
  {
    id: "run-name-too-long",
    facts: ["RUN-SERVICE-NAME"],
    resources: ["google_cloud_run_v2_service"],
    refuses: (body) => {
      const name = text(body, "name") ?? "";
      if (RFC_1035.test(name) && name.length <= LONGEST_RUN_NAME) return undefined;
      return `Violation in CreateServiceRequest.service_id: '${name}' must use only lowercase alphanumeric characters and dashes, begin with a letter and have at most ${LONGEST_RUN_NAME} characters`;
    },
  },
  {
    id: "service-account-id-length",
    facts: ["IAM-ACCOUNT-ID"],
    resources: ["google_service_account"],
    refuses: (body) => {
      const id = text(body, "account_id") ?? "";
      if (ACCOUNT.test(id)) return undefined;
      return `Service account ID '${id}' is invalid: it must be between 6 and 30 characters of [a-z0-9-], begin with a letter and not end with a dash`;
    },
  },
];
