import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { DataResource, Token } from "cdktf";
import { Construct } from "constructs";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import { here } from "../source-lines.ts";

export interface PreviewAdmissionProps {
  /** Resource name, at most 63 characters. */
  readonly name: string;
  readonly description?: string;
  /** CIDR ranges from which probes come. */
  readonly allow: readonly string[];
}

/** Address terms that one expression may hold beside the term about the header. */
const MAX_RANGES = 4;

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
        ...(props.description !== undefined && { description: props.description }),
        type: "CLOUD_ARMOR",
        rule: [
          ...chunksOf(props.allow).map((ranges, index) => ({
            action: "allow",
            priority: 1000 + index,
            description: "Probes",
            match: { expr: { expression: admission(ranges, hidden) } },
          })),
          {
            action: "deny(404)",
            priority: 2_147_483_647,
            description: "Everybody else",
            match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
          },
        ],
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }
}

function admission(ranges: readonly string[], token: string): string {
  const places = ranges.map((range) => `inIpRange(origin.ip, '${range}')`);
  const where = places.length === 1 ? places[0]! : `(${places.join(" || ")})`;
  return `${where} && request.headers['${PREVIEW_HEADER.toLowerCase()}'] == '${token}'`;
}

function chunksOf(ranges: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ranges.length / MAX_RANGES) }, (_, index) =>
    ranges.slice(index * MAX_RANGES, (index + 1) * MAX_RANGES),
  );
}
