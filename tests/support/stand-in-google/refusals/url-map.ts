import { bodiesWith, blocks, isBody, text, texts } from "../value.ts";
import type { Body } from "../value.ts";
import { failedTest } from "../url-map-tests.ts";
import { backendServicesOf, firstTwice, invalid, serverlessGroups } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const MOST_TESTS = 100;
const MOST_BYTES = 1024 * 1024;
const MOST_BYTES_CLASSIC = 64 * 1024;
const HOST = /^(?:\*|\*[-.][a-z0-9.-]+|[a-z0-9.-]+)(?::\d+)?$/i;

const resources = ["google_compute_url_map"] as const;

export const URL_MAP_REFUSALS: readonly RefusalRow[] = [
  {
    id: "advanced-routing-on-classic",
    row: "M16",
    facts: ["U9", "U10"],
    resources,
    refuses: (body, cloud) => {
      const uses = ["header_action", "route_rules"].find((name) => bodiesWith(body, name).length > 0);
      const isClassic = backendServicesOf(body, cloud).some(
        ({ body: { load_balancing_scheme: scheme } }) => scheme === "EXTERNAL",
      );
      if (uses === undefined || !isClassic) return undefined;
      return invalid("pathMatchers", uses, "Advanced routing rules are not supported for scheme EXTERNAL");
    },
  },
  {
    id: "mirror-to-serverless",
    row: "M48",
    facts: ["U19"],
    resources,
    refuses: (body, cloud) => {
      if (bodiesWith(body, "request_mirror_policy").length === 0) return undefined;
      const serverless = backendServicesOf(body, cloud).find((each) => serverlessGroups(each.body, cloud).length > 0);
      if (serverless === undefined) return undefined;
      return invalid(
        "requestMirrorPolicy",
        serverless.id,
        "Request mirroring is not supported with Serverless network endpoint groups.",
      );
    },
  },
  {
    id: "host-in-two-rules",
    facts: ["U11"],
    resources,
    refuses: (body) => {
      const host = firstTwice(blocks(body, "host_rule").flatMap((rule) => [...new Set(texts(rule, "hosts"))]));
      return host === undefined ? undefined : invalid("hostRules", host, "The host occurs in more than one host rule.");
    },
  },
  {
    id: "host-pattern",
    facts: ["U11"],
    resources,
    refuses: (body) => {
      const host = blocks(body, "host_rule")
        .flatMap((rule) => texts(rule, "hosts"))
        .find((each) => !HOST.test(each));
      if (host === undefined) return undefined;
      return invalid("hostRules.hosts", host, "The '*' must be the first character, alone or followed by '-' or '.'.");
    },
  },
  {
    id: "too-many-tests",
    facts: ["U16"],
    resources,
    refuses: (body) => {
      const { length } = blocks(body, "test");
      return length <= MOST_TESTS ? undefined : invalid("tests", length, `At most ${MOST_TESTS} tests are allowed.`);
    },
  },
  { id: "failing-test", facts: ["U16", "U17"], resources, refuses: failedTest },
  {
    id: "map-too-large",
    facts: ["U25"],
    resources,
    refuses: (body) => {
      const bytes = Buffer.byteLength(JSON.stringify(withoutNulls(body)));
      return bytes <= MOST_BYTES ? undefined : `The URL map has ${bytes} bytes; at most ${MOST_BYTES} are allowed.`;
    },
  },
  {
    id: "classic-map-too-large",
    facts: ["U25"],
    resources,
    refuses: (body, cloud) => {
      const isClassic = backendServicesOf(body, cloud).some(
        (each) => text(each.body, "load_balancing_scheme") === "EXTERNAL",
      );
      const bytes = Buffer.byteLength(JSON.stringify(withoutNulls(body)));
      if (!isClassic || bytes <= MOST_BYTES_CLASSIC) return undefined;
      return `The URL map has ${bytes} bytes; at most ${MOST_BYTES_CLASSIC} are allowed for scheme EXTERNAL.`;
    },
  },
];

/** The API counts what is sent: Terraform's empty attributes and blocks are not. */
function withoutNulls(value: Body): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && !(Array.isArray(each) && each.length === 0))
      .map(([name, each]) => {
        if (!Array.isArray(each)) return [name, each];
        return [name, each.map((item: unknown) => (isBody(item as Body) ? withoutNulls(item as Body) : item))];
      }),
  );
}
