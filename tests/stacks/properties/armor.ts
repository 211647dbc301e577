import { expect } from "vitest";
import type { EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { hostsIn, prefixOf } from "./reference-system.ts";
import { bodiesOf, holdersOf, policyOf } from "./resources.ts";

const RULE_SETS = ["sqli-v33-stable", "xss-v33-stable"];
const EVERYONE = { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } };

/** The policy in front of the public services. */
function armor(look: (policy: Json, rules: readonly Json[], environment: EnvironmentId) => void): Property["holds"] {
  return (terraform, environment) => {
    const [, policy] = policyOf(terraform, "public");
    look(policy, policy.rule as Json[], environment);
  };
}

const wafRules = (rules: readonly Json[]): Json[] =>
  rules.filter(({ match }) => /evaluatePreconfigured/.test((match.expr?.expression ?? "") as string));
const throttles = (rules: readonly Json[]): Json[] => rules.filter(({ action }) => action === "throttle");

export const armorRules: readonly Property[] = [
  {
    name: "nobody is banned, by any policy: a ban outlasts a reconnect storm",
    facts: ["P6"],
    holds: (terraform) => {
      for (const policy of bodiesOf(terraform, "google_compute_security_policy")) {
        expect(JSON.stringify(policy.rule)).not.toMatch(/ban/i);
        expect(holdersOf(policy, "redirect_options")).toEqual([]);
      }
    },
  },
  {
    name: "no policy adds a header, which the load balancer would fight over",
    facts: ["V12"],
    holds: (terraform) => {
      for (const policy of bodiesOf(terraform, "google_compute_security_policy"))
        expect(holdersOf(policy, "header_action")).toEqual([]);
    },
  },
  {
    name: "the rules stand in their order, and nothing else stands between them",
    facts: [],
    holds: armor((_, rules) => {
      expect(rules.map(({ action, priority }) => [priority, action])).toEqual([
        [1000, "throttle"],
        [2000, "deny(403)"],
        [2100, "deny(403)"],
        [2_147_483_646, "throttle"],
        [2_147_483_647, "allow"],
      ]);
    }),
  },
  {
    name: "the declared socket paths are matched before any signature, both forms of them, on their own host alone",
    facts: ["P6", "U12"],
    holds: armor((_, [sockets], environment) => {
      const paths = "(request.path == '/ws' || request.path.startsWith('/ws/'))";
      const host = `request.headers['host'].lower() == '${hostsIn(environment)[0]}'`;
      expect(sockets.match).toEqual({ expr: { expression: `${paths} && ${host}` } });
    }),
  },
  {
    name: "the signatures are the two rule sets at the lowest sensitivity",
    facts: ["P6"],
    holds: armor((_, rules) => {
      expect(wafRules(rules).map(({ match }) => match)).toEqual(
        RULE_SETS.map((set) => ({ expr: { expression: `evaluatePreconfiguredWaf('${set}', {'sensitivity': 1})` } })),
      );
    }),
  },
  {
    name: "the signatures are logged and not enforced, as declared",
    facts: ["P6"],
    holds: armor((_, rules) => {
      for (const { preview } of wafRules(rules)) expect(preview).toBe(true);
    }),
  },
  {
    name: "nothing but the signatures is in preview: a limit that is only logged is none",
    facts: [],
    holds: armor((_, rules) => {
      expect(rules.filter(({ preview }) => preview !== undefined)).toHaveLength(RULE_SETS.length);
    }),
  },
  {
    name: "no signature looks at a header or cookie that carries a credential",
    facts: ["P6"],
    holds: armor((_, rules) => {
      const names = ["Authorization", "Sec-WebSocket-Protocol"];
      expect(wafRules(rules).map(({ preconfigured_waf_config: config }) => config)).toEqual(
        RULE_SETS.map((set) => ({
          exclusion: [
            {
              target_rule_set: set,
              request_header: names.map((value) => ({ operator: "EQUALS", value })),
              request_cookie: [{ operator: "EQUALS_ANY" }],
            },
          ],
        })),
      );
    }),
  },
  {
    name: "one address may make the declared number of requests; beyond, each is answered with 429",
    facts: ["P6"],
    holds: armor((_, rules) => {
      expect(throttles(rules).map(({ rate_limit_options: options }) => options)).toEqual(
        Array(2).fill({
          conform_action: "allow",
          exceed_action: "deny(429)",
          enforce_on_key: "IP",
          rate_limit_threshold: { count: 1200, interval_sec: 60 },
        }),
      );
    }),
  },
  {
    name: "the limit for everything else is for everyone",
    facts: [],
    holds: armor((_, rules) => expect(throttles(rules).at(-1).match).toEqual(EVERYONE)),
  },
  {
    name: "everything else is let in",
    facts: [],
    holds: armor((_, rules) => {
      const { action, match, rate_limit_options: limit } = rules.at(-1);
      expect({ action, match, limit }).toEqual({ action: "allow", match: EVERYONE, limit: undefined });
    }),
  },
  {
    name: "the log holds no matched value, tokens among them",
    facts: [],
    holds: armor(({ advanced_options_config: options }) => expect(options).toEqual({ log_level: "NORMAL" })),
  },
  {
    name: "the policy is a backend policy, named by what it holds",
    facts: ["P6b"],
    holds: (terraform, environment) => {
      const [id, { type, name }] = policyOf(terraform, "public");
      expect(type).toBe("CLOUD_ARMOR");
      expect(name).toBe(`${prefixOf(environment)}-${/^armor-([0-9a-f]{8})_/.exec(id)?.[1]}`);
    },
  },
  {
    name: "every rule says what it is for",
    facts: [],
    holds: armor((_, rules) => {
      expect(rules.map(({ description }) => description as string)).toEqual([
        "WebSocket handshakes: rate only",
        ...RULE_SETS.map((set) => `WAF: ${set}`),
        "Slows one address down",
        "Everything else",
      ]);
    }),
  },
  {
    name: "a policy goes only after its backend services let go of it",
    facts: [],
    holds: (terraform) => {
      for (const { lifecycle } of bodiesOf(terraform, "google_compute_security_policy"))
        expect(lifecycle).toEqual({ create_before_destroy: true });
    },
  },
];
