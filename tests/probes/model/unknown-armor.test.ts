import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import {
  ADDRESS,
  EVERYTHING,
  addPolicy,
  armorRule,
  edgeModel,
  edgeText,
  smallEdge,
} from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE, expectRefused, expectUnknownEffect } from "../../support/unknown-effect.ts";

const POLICY = "google_compute_security_policy.main";

describe("a policy that cannot be read is unknown", () => {
  const config = { src_ip_ranges: ["*"] };
  const rule = (more: Block) => [{ ...EVERYTHING, priority: 5, ...more }, EVERYTHING];
  it.each([
    [
      "is no reference",
      (e) => (e.backend["security_policy"] = VARIABLE),
      ADDRESS.api,
      "security_policy",
      `"${VARIABLE}"`,
    ],
    ["has no rules", (e) => addPolicy(e, []), POLICY, "", /\{\s+"name": "armor"/],
    ["has no default rule", (e) => addPolicy(e, armorRule(1, "allow", "false")), POLICY, "", /\{\s+"name": "armor"/],
    [
      "has a default rule in preview",
      (e) => addPolicy(e, { ...EVERYTHING, preview: true }),
      POLICY,
      "",
      /\{\s+"name": "armor"/,
    ],
    [
      "has dynamic blocks",
      (e) => addPolicy(e, EVERYTHING, { dynamic: { rule: { for_each: VARIABLE, content: {} } } }),
      POLICY,
      "rule",
      /\{\s+"for_each"/,
    ],
    [
      "is of another type",
      (e) => addPolicy(e, EVERYTHING, { type: "CLOUD_ARMOR_NETWORK" }),
      POLICY,
      "type",
      '"CLOUD_ARMOR_NETWORK"',
    ],
    [
      "has a priority that is an expression",
      (e) => addPolicy(e, rule({ priority: VARIABLE })),
      POLICY,
      "rule[0].priority",
      `"${VARIABLE}"`,
    ],
    [
      "has a preview that is an expression",
      (e) => addPolicy(e, rule({ preview: VARIABLE })),
      POLICY,
      "rule[0].preview",
      `"${VARIABLE}"`,
    ],
    [
      "has an action that is an expression",
      (e) => addPolicy(e, rule({ action: VARIABLE })),
      POLICY,
      "rule[0].action",
      `"${VARIABLE}"`,
    ],
    [
      "asks for a challenge",
      (e) => addPolicy(e, rule({ action: "redirect", redirect_options: { type: "GOOGLE_RECAPTCHA" } })),
      POLICY,
      "rule[0].redirect_options",
      '"redirect_options": ',
    ],
    [
      "denies with a status of its own",
      (e) => addPolicy(e, rule({ action: "deny(418)" })),
      POLICY,
      "rule[0].action",
      '"deny(418)"',
    ],
    [
      "matches twice",
      (e) => addPolicy(e, rule({ match: { expr: { expression: "true" }, versioned_expr: "SRC_IPS_V1", config } })),
      POLICY,
      "rule[0]",
      /\{\s+"action": "allow",\s+"priority": 5/,
    ],
    [
      "has addresses that are an expression",
      (e) =>
        addPolicy(
          e,
          rule({ action: "deny(403)", match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: VARIABLE } } }),
        ),
      POLICY,
      "rule[0]",
      /\{\s+"action": "deny/,
    ],
    [
      "adds a header whose name is an expression",
      (e) =>
        addPolicy(e, {
          ...EVERYTHING,
          header_action: { request_headers_to_adds: { header_name: VARIABLE, header_value: "v" } },
        }),
      POLICY,
      "rule[0].header_action.request_headers_to_adds[0]",
      '"request_headers_to_adds": ',
    ],
    [
      "has a rule outside of it",
      (e) => addRule(e, "${google_compute_security_policy.main.name}"),
      "google_compute_security_policy_rule.more",
      "",
      '"more": ',
    ],
    [
      "has a rule outside of it, by its name",
      (e) => addRule(e, "armor"),
      "google_compute_security_policy_rule.more",
      "",
      '"more": ',
    ],
    [
      "may have a rule outside of it",
      (e) => addRule(e, VARIABLE),
      "google_compute_security_policy_rule.more",
      "",
      '"more": ',
    ],
  ] as readonly (readonly [string, (edge: SmallEdge) => unknown, string, string, string | RegExp])[])(
    "%s",
    (what, patch, address, attribute, at) => {
      const text = edgeText(smallEdge((edge) => void patch(edge)));
      const start =
        typeof at === "string" ? at : text.slice(text.search(at), text.search(at) + at.exec(text)![0].length);
      expectUnknownEffect([what, patch, address, attribute, start]);
    },
  );

  it.each([
    [
      "has an unheard attribute in a rule",
      (e) => addPolicy(e, rule({ novel: 1 })),
      POLICY,
      "rule[0].novel",
      '"novel": ',
    ],
    [
      "has an unheard attribute in a match",
      (e) => addPolicy(e, rule({ match: { ...EVERYTHING["match"]!, novel: 1 } })),
      POLICY,
      "rule[0].match.novel",
      '"novel": ',
    ],
    [
      "has an unheard attribute in a config",
      (e) => addPolicy(e, rule({ match: { versioned_expr: "SRC_IPS_V1", config: { ...config, novel: 1 } } })),
      POLICY,
      "rule[0].match.config.novel",
      '"novel": ',
    ],
    [
      "has options of an expression",
      (e) => addPolicy(e, rule({ match: { expr: { expression: "true", novel: 1 } } })),
      POLICY,
      "rule[0].match.expr.novel",
      '"novel": ',
    ],
    [
      "has an unheard header action",
      (e) => addPolicy(e, { ...EVERYTHING, header_action: { novel: 1 } }),
      POLICY,
      "rule[0].header_action.novel",
      '"novel": ',
    ],
    [
      "has an unheard attribute of an added header",
      (e) =>
        addPolicy(e, {
          ...EVERYTHING,
          header_action: { request_headers_to_adds: { header_name: "X-A", header_value: "v", novel: 1 } },
        }),
      POLICY,
      "rule[0].header_action.request_headers_to_adds[0].novel",
      '"novel": ',
    ],
  ] as readonly (readonly [string, (edge: SmallEdge) => unknown, string, string, string])[])(
    "refused: %s",
    (...row) => {
      expectRefused(row);
    },
  );

  it("but not for a rule of another policy", () => {
    for (const target of ["${google_compute_security_policy.other.name}", "other"]) {
      const trace = traceRequest(
        edgeModel((edge) => addRule(edge, target)),
        edgeRequest("http"),
      );
      expect(trace).toMatchObject({ outcome: "backend", unknowns: [] });
    }
  });
});

function addRule(edge: SmallEdge, security_policy: string): void {
  addPolicy(edge, EVERYTHING);
  edge.resource["google_compute_security_policy_rule"] = {
    more: { security_policy, priority: 1, action: "deny(403)" },
  };
}
