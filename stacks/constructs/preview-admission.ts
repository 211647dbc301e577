import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { DataResource, Token } from "cdktf";
import { Construct } from "constructs";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import { here } from "../source-lines.ts";
import { DEFAULT_PRIORITY, everyone, expressionsOf, quoted } from "./armor-rules.ts";
import { described } from "./described.ts";

export interface PreviewAdmissionProps {
  /** Resource name, at most 63 characters. */
  readonly name: string;
  readonly description?: string;
  /** CIDR ranges from which probes come. */
  readonly allow: readonly string[];
}

/**
 * Closes a preview edge to the public: a request must come from an allowed address *and* carry an unguessable header;
 * everybody else gets a plain 404. Terraform draws the value once and keeps it in its state; it stands in no file.
 */
export class PreviewAdmission extends Construct {
  readonly policy: ComputeSecurityPolicy;
  /** The value that the header must have. Sensitive. */
  readonly token: string;

  constructor(scope: Construct, id: string, props: PreviewAdmissionProps) {
    super(scope, id);
    const drawn = here(
      new DataResource(this, "token", {
        input: Token.asStringMap("${uuid()}"),
        // Every plan would draw another one; the first is kept.
        lifecycle: { ignoreChanges: ["input"] },
      }),
    );
    const output = `${drawn.terraformResourceType}.${drawn.friendlyUniqueId}.output`;
    this.token = `\${${output}}`;
    // Without it every plan of this policy would print the value.
    const hidden = `\${sensitive(${output})}`;
    this.policy = here(
      new ComputeSecurityPolicy(this, "policy", {
        name: props.name,
        ...described(props),
        type: "CLOUD_ARMOR",
        rule: [
          ...admissions(props.allow, hidden).map((expression, index) => ({
            action: "allow",
            priority: 1000 + index,
            description: "Probes",
            match: { expr: { expression } },
          })),
          {
            action: "deny(404)",
            priority: DEFAULT_PRIORITY,
            description: "Everybody else",
            match: everyone(),
          },
        ],
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }
}

function admissions(ranges: readonly string[], token: string): string[] {
  const places = ranges.map((range) => `inIpRange(origin.ip, ${quoted(range)})`);
  return expressionsOf(places, `request.headers[${quoted(PREVIEW_HEADER.toLowerCase())}] == '${token}'`);
}
