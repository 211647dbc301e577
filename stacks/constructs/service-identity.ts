import { SecretManagerSecretIamMember } from "@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js";
import { ServiceAccount } from "@cdktf/provider-google/lib/service-account/index.js";
import { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";

export interface ServiceIdentityProps {
  /** Name of the service; the account's id is made from it (6 to 30 characters). */
  readonly name: string;
  /** Secrets that the service may read: `NAME`, or `projects/PROJECT/secrets/NAME`. */
  readonly secrets: readonly string[];
}

/**
 * One service account for one service, with no role of its own but to read the secrets that are named: a service that
 * shares an account shares every right of the others.
 */
export class ServiceIdentity extends Construct {
  readonly account: ServiceAccount;
  /** Grants that must exist before a revision that reads the secrets can start. */
  readonly accessors: readonly SecretManagerSecretIamMember[];

  constructor(scope: Construct, id: string, props: ServiceIdentityProps) {
    super(scope, id);
    this.account = here(
      new ServiceAccount(this, "account", {
        accountId: accountId(props.name),
        displayName: `Cloud Run service ${props.name}`,
      }),
    );
    this.accessors = [...new Set(props.secrets)].map((secret) =>
      here(
        new SecretManagerSecretIamMember(this, `accessor-${generationOf(secret)}`, {
          ...secretAddress(secret),
          role: "roles/secretmanager.secretAccessor",
          member: this.account.member,
        }),
      ),
    );
  }
}

/** `projects/P/secrets/S` names its project; a plain name is the provider's own. */
function secretAddress(secret: string): { secretId: string; project?: string } {
  const [, project, name] = /^projects\/([^/]+)\/secrets\/(.+)$/.exec(secret) ?? [];
  return project === undefined ? { secretId: secret } : { secretId: name!, project };
}

/** Service account ids have 6 to 30 characters; a longer name keeps its head and a hash. */
function accountId(name: string): string {
  const id = name.length > 30 ? `${name.slice(0, 21)}-${generationOf(name)}` : name;
  return id.padEnd(6, "0");
}
