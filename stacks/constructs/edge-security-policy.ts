import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";
import { DEFAULT_PRIORITY, everyone, expressionsOf, quoted } from "./armor-rules.ts";
import { described } from "./described.ts";

export interface EdgeSecurityPolicyProps {
  /** Resource name, at most 63 characters. */
  readonly name: string;
  readonly description?: string;
  /** Preconfigured WAF rules: none, evaluated and logged only, or enforced with 403. */
  readonly waf: "off" | "preview" | "enforce";
  /** Requests that one client address may make per interval (10 to 3600 s); beyond, 429 and never a ban. */
  readonly rateLimit: { readonly requests: number; readonly perSeconds: number };
  /** Where sockets are, by host: WAF signatures trip over tokens, and a refused handshake looks like a lost header (fact P6). */
  readonly socketPaths: readonly {
    readonly host: string;
    readonly exact: readonly string[];
    readonly prefixes: readonly string[];
  }[];
  /** Names of headers that carry credentials: no signature looks at them. */
  readonly credentials: readonly string[];
}

/** Rule sets that a backend behind tokens can live with: injection and scripting, at the lowest sensitivity. */
const RULE_SETS = ["sqli-v33-stable", "xss-v33-stable"];

/** Lower numbers come first. */
const PRIORITY = { sockets: 1000, waf: 2000, rate: DEFAULT_PRIORITY - 1 };

/**
 * Cloud Armor for the services behind a load balancer. WebSocket handshakes are rate-limited and nothing else; plain
 * requests meet the WAF rules first. A client that goes too fast is slowed with 429: a ban would outlast a reconnect storm
 * and shut out a whole office behind one address.
 */
export class EdgeSecurityPolicy extends Construct {
  readonly policy: ComputeSecurityPolicy;

  constructor(scope: Construct, id: string, props: EdgeSecurityPolicyProps) {
    super(scope, id);
    this.policy = here(
      new ComputeSecurityPolicy(this, "policy", {
        name: props.name,
        ...described(props),
        type: "CLOUD_ARMOR",
        // VERBOSE would write the matched values, tokens among them, into the log.
        advancedOptionsConfig: { logLevel: "NORMAL" },
        rule: [
          ...socketRules(props),
          ...(props.waf === "off" ? [] : RULE_SETS.map((set, index) => wafRule(set, index, props))),
          throttle(PRIORITY.rate, "Slows one address down", everyone(), props),
          {
            action: "allow",
            priority: DEFAULT_PRIORITY,
            description: "Everything else",
            match: everyone(),
          },
        ],
        // A policy is detached from the backend services before it goes.
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }
}

function socketRules(props: EdgeSecurityPolicyProps): ComputeSecurityPolicyRule[] {
  return props.socketPaths
    .flatMap(handshakes)
    .map((expression, index) =>
      throttle(PRIORITY.sockets + index, "WebSocket handshakes: rate only", { expr: { expression } }, props),
    );
}

/** The same path of another host may be no socket's: only on its own does it go past the signatures. */
function handshakes({ host, exact, prefixes }: EdgeSecurityPolicyProps["socketPaths"][number]): string[] {
  const paths = [
    ...exact.map((path) => `request.path == ${quoted(path)}`),
    ...prefixes.map((prefix) => `request.path.startsWith(${quoted(prefix)})`),
  ];
  // A host rule matches in any case of letters.
  return expressionsOf(paths, `request.headers['host'].lower() == ${quoted(host)}`);
}

function wafRule(set: string, index: number, props: EdgeSecurityPolicyProps): ComputeSecurityPolicyRule {
  const headers = props.credentials.filter((name) => name.toLowerCase() !== "cookie");
  const cookies = props.credentials.length > headers.length;
  return {
    action: "deny(403)",
    priority: PRIORITY.waf + index * 100,
    description: `WAF: ${set}`,
    ...(props.waf === "preview" && { preview: true }),
    match: { expr: { expression: `evaluatePreconfiguredWaf('${set}', {'sensitivity': 1})` } },
    ...((headers.length > 0 || cookies) && {
      preconfiguredWafConfig: {
        exclusion: [
          {
            targetRuleSet: set,
            ...(headers.length > 0 && { requestHeader: headers.map((value) => ({ operator: "EQUALS", value })) }),
            ...(cookies && { requestCookie: [{ operator: "EQUALS_ANY" }] }),
          },
        ],
      },
    }),
  };
}

function throttle(
  priority: number,
  description: string,
  match: ComputeSecurityPolicyRule["match"],
  { rateLimit }: EdgeSecurityPolicyProps,
): ComputeSecurityPolicyRule {
  return {
    action: "throttle",
    priority,
    description,
    match,
    rateLimitOptions: {
      conformAction: "allow",
      exceedAction: "deny(429)",
      enforceOnKey: "IP",
      rateLimitThreshold: { count: rateLimit.requests, intervalSec: rateLimit.perSeconds },
    },
  };
}
