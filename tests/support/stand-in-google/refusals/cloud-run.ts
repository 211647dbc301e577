import { count, single, text } from "../value.ts";
import type { RefusalRow } from "./refusal.ts";

const LONGEST_TIMEOUT_SECONDS = 3600;
const MOST_CONCURRENCY = 1000;

const resources = ["google_cloud_run_v2_service"] as const;

export const RUN_REFUSALS: readonly RefusalRow[] = [
  {
    id: "run-timeout",
    row: "M25",
    facts: ["R2"],
    resources,
    refuses: (body) => {
      const timeout = text(single(body, "template"), "timeout");
      if (timeout === undefined || secondsOf(timeout) <= LONGEST_TIMEOUT_SECONDS) return undefined;
      return `Violation in UpdateServiceRequest.service.template.timeout: ${timeout} is more than ${LONGEST_TIMEOUT_SECONDS}s`;
    },
  },
  {
    id: "run-concurrency",
    facts: ["R6"],
    resources,
    refuses: (body) => {
      const concurrency = count(single(body, "template"), "max_instance_request_concurrency") ?? 0;
      if (concurrency <= MOST_CONCURRENCY) return undefined;
      return `Violation in UpdateServiceRequest.service.template.max_instance_request_concurrency: ${concurrency} is more than ${MOST_CONCURRENCY}`;
    },
  },
];

const secondsOf = (duration: string): number => Number(duration.replace(/s$/, ""));
