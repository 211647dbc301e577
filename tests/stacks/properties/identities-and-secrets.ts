import { expect } from "vitest";
import type { Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { SERVICES, SERVICE_IDS } from "./reference-system.ts";
import { bodiesOf, entriesOf, reference, runOf, theOne } from "./resources.ts";

const ACCESSOR = "google_secret_manager_secret_iam_member";

/** Every Cloud Run service, witnesses included, with the name of its construct in Terraform's ids. */
function runs(terraform: Json): { scope: string; run: Json }[] {
  return entriesOf(terraform, "google_cloud_run_v2_service").map(([id, run]) => ({
    scope: id.replace(/_service_[0-9A-F]{8}$/, ""),
    run,
  }));
}

export const identitiesAndSecrets: readonly Property[] = [
  {
    name: "each service has a service account of its own",
    facts: [],
    holds: (terraform) => {
      const accounts = entriesOf(terraform, "google_service_account");
      expect(accounts).toHaveLength(runs(terraform).length);
      for (const { scope, run } of runs(terraform)) {
        const [account] = theOne(accounts, (id) => id.startsWith(`${scope}_identity_account_`));
        expect(run.template.service_account).toBe(reference("google_service_account", account, "email"));
      }
    },
  },
  {
    name: "each service account's id is one that the API takes, and no two are the same",
    facts: [],
    holds: (terraform) => {
      const ids = bodiesOf(terraform, "google_service_account").map(({ account_id: id }) => id as string);
      for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
      expect(new Set(ids).size).toBe(ids.length);
    },
  },
  {
    name: "no service account has a role in the project",
    facts: [],
    holds: (terraform) => {
      const grants = Object.keys(terraform.resource as object).filter((type) => /_iam_/.test(type));
      expect(grants).toEqual([ACCESSOR]);
    },
  },
  {
    name: "each declared secret is a variable, by secret and pinned version",
    facts: [],
    holds: (terraform) => {
      for (const id of SERVICE_IDS) {
        const env = (runOf(terraform, id)[1].template.containers[0].env ?? []) as Json[];
        const secret = env.filter((each) => each.value_source !== undefined);
        expect(
          Object.fromEntries(
            secret.map(({ name, value_source: { secret_key_ref: key } }) => [name, [key.secret, key.version]]),
          ),
        ).toEqual(SERVICES[id]!.secrets);
      }
    },
  },
  {
    name: "each secret that a service reads is granted to its own account, and no other",
    facts: [],
    holds: (terraform) => {
      const granted = bodiesOf(terraform, ACCESSOR).map(({ member, secret_id: secret, role }) => [
        member,
        secret,
        role,
      ]);
      const needed = runs(terraform).flatMap(({ scope, run }) => {
        const [account] = theOne(entriesOf(terraform, "google_service_account"), (id) => id.startsWith(`${scope}_`));
        const member = reference("google_service_account", account, "member");
        return ((run.template.containers[0].env ?? []) as Json[])
          .filter((each) => each.value_source !== undefined)
          .map((each) => [member, each.value_source.secret_key_ref.secret, "roles/secretmanager.secretAccessor"]);
      });
      expect(granted.sort()).toEqual(needed.sort());
    },
  },
  {
    name: "a service waits for the grants without which its revision does not start",
    facts: [],
    holds: (terraform) => {
      for (const { scope, run } of runs(terraform)) {
        const grants = entriesOf(terraform, ACCESSOR)
          .filter(([id]) => id.startsWith(`${scope}_identity_accessor-`))
          .map(([id]) => `${ACCESSOR}.${id}`);
        expect(run.depends_on ?? []).toEqual(grants);
      }
    },
  },
];
