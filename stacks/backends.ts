import type { Construct } from "constructs";
import { CloudRunService } from "./constructs/cloud-run-service.ts";
import { EdgeSecurityPolicy } from "./constructs/edge-security-policy.ts";
import { ServerlessBackend } from "./constructs/serverless-backend.ts";
import { armorOf, serviceOf } from "./edge-version.ts";
import type { EdgeVersion } from "./edge-version.ts";
import { generationOf } from "./generation.ts";
import { here } from "./source-lines.ts";

export interface BackendsProps {
  /** Prefix of every resource name. */
  readonly prefix: string;
  readonly description: string;
  readonly runs: Readonly<Record<string, CloudRunService>>;
  /** True where generations stand side by side, each reached by its tag. */
  readonly tagged: boolean;
}

/**
 * The backend services of an environment, each made once. The id of one holds its generation and its settings: whatever
 * changes makes another, and the URL map moves over in one step.
 */
export class Backends {
  private readonly made = new Map<string, string>();
  private readonly scope: Construct;
  private readonly props: BackendsProps;

  constructor(scope: Construct, props: BackendsProps) {
    this.scope = scope;
    this.props = props;
  }

  /** Id of the backend service of one service in one version of the edge. */
  idOf(version: EdgeVersion, service: string): string {
    const { prefix, description, runs, tagged } = this.props;
    const { access, cdn, invokers } = serviceOf(version, service);
    const generation = version.generations[service]!;
    const armor = armorOf(version);
    const settings = {
      requestLogging: version.contract.edge.requestLogging,
      ...(cdn && { cdn }),
      ...(access === "iap" && { iap: invokers }),
    };
    const { region } = version.environment;
    // What a NEG cannot change makes another one: two of one name cannot stand side by side.
    const key = generationOf({ generation, settings, armor, region, tagged });
    return this.once(`backend-${service}-${key}`, (id) => {
      const backend = here(
        new ServerlessBackend(this.scope, id, {
          name: `${prefix}-${service}-${key}`,
          description,
          region,
          cloudRunService: runs[service]!.service.name,
          ...(tagged && { tag: CloudRunService.tagOf(generation) }),
          securityPolicy: this.policyOf(armor),
          ...settings,
        }),
      );
      return backend.backendService.id;
    });
  }

  private policyOf(armor: ReturnType<typeof armorOf>): string {
    const key = generationOf(armor);
    const { prefix, description } = this.props;
    return this.once(`armor-${key}`, (id) => {
      const name = `${prefix}-${key}`;
      return here(new EdgeSecurityPolicy(this.scope, id, { name, description, ...armor })).policy.id;
    });
  }

  private once(id: string, make: (id: string) => string): string {
    const known = this.made.get(id) ?? make(id);
    this.made.set(id, known);
    return known;
  }
}
