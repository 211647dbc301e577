import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptiedState, remediesFor } from "../../../../probes/commands/deploy/remedies.ts";
import { temporaryFolder } from "../../../support/reference.ts";

/** What Terraform 1.11 printed when it was brought into each of these by killing it, its provider or its backend. */
const complaint = (name: string): string => readFileSync(join("tests/fixtures/terraform-complaints", name), "utf8");

/** Without their reasons. */
const commands = (text: string, folder = "stack"): string[] =>
  remediesFor(text, folder).map((each) => each.split("  # ")[0]!);

describe("a lock", () => {
  it("over a remote state is taken away by the id of whoever holds it, not of whoever asks", () => {
    const [remedy, ...more] = remediesFor(complaint("lock-over-http.txt"), "stack");
    expect(remedy).toMatch(
      /^terraform -chdir=stack force-unlock -force 33d1444f-e49b-1039-4e62-c03f2839444c  # only if/,
    );
    expect(remedy).toContain("ci@runner since 2026-11-21 14:56:04");
    expect(more).toEqual([]);
  });

  it("in a bucket is taken away by the number of its object", () => {
    const text = complaint("lock-over-http.txt").replace(
      /HTTP remote[^]*?Lock Info:\n {2}ID: .*/,
      'writing "gs://state/staging/default.tflock" failed: googleapi: Error 412: At least one of the pre-conditions you specified did not hold., conditionNotMet\nLock Info:\n  ID:        1795273122123456',
    );
    expect(commands(text)).toEqual(["terraform -chdir=stack force-unlock -force 1795273122123456"]);
  });

  it("over a file ends with its process, so that it is waited for", () => {
    expect(commands(complaint("lock-of-a-file.txt"))).toEqual(["terraform -chdir=stack plan -lock-timeout=10m"]);
  });
});

describe("a name that is taken", () => {
  it("is taken over, each by its address and the id in Google's answer", () => {
    const found = commands(complaint("taken.txt"));
    expect(found).toHaveLength(11);
    expect(found).toContain(
      "terraform -chdir=stack import google_compute_url_map.edge_redirect_map_50B0C1A8 projects/example-staging/global/urlMaps/reference-staging-redirect",
    );
    expect(found.at(-1)).toBe(
      "terraform -chdir=stack import google_service_account.service-frontend_identity_account_3A362686 projects/example-staging/serviceAccounts/reference-staging-frontend@example-staging.iam.gserviceaccount.com",
    );
  });

  it("is read within the frames that Terraform draws on a terminal", () => {
    const framed = complaint("taken.txt").replaceAll(/^/gm, "│ ");
    expect(commands(framed)).toEqual(commands(complaint("taken.txt")));
  });

  it("is found in the details where the sentence has only its last part", () => {
    const text = `Error: Error creating service account: googleapi: Error 409: Service account api already exists within project projects/example.
Details:
[
  {
    "@type": "type.googleapis.com/google.rpc.ResourceInfo",
    "resourceName": "projects/example/serviceAccounts/api@example.iam.gserviceaccount.com"
  }
]
, alreadyExists

  with module.accounts[0].google_service_account.all["api key"],
  on accounts/main.tf line 1, in resource "google_service_account" "all":
`;
    expect(commands(text)).toEqual([
      `terraform -chdir=stack import 'module.accounts[0].google_service_account.all["api key"]' projects/example/serviceAccounts/api@example.iam.gserviceaccount.com`,
    ]);
  });

  it("without an id is not made up, and nor is one of a revision", () => {
    const text = (what: string): string =>
      `Error: Error creating Service: googleapi: Error 409: ${what}\n\n  with google_cloud_run_v2_service.api,\n  on cdk.tf.json line 4\n`;
    expect(commands(text("Resource 'api' already exists."), "/nowhere")).toEqual([]);
    expect(
      commands(text("Revision named 'api-1' with different configuration already exists., alreadyExists")),
    ).toEqual([]);
  });
});

describe("what stands in the folder", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let stack: string;
  beforeEach(() => {
    folder = temporaryFolder();
    stack = join(folder.path, "stacks/one");
    mkdirSync(stack, { recursive: true });
  });
  afterEach(() => folder.remove());

  const writeStack = (body: object): void => writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(body));

  it("completes the id of a service, which Google's answer does not tell", () => {
    writeStack({
      provider: { google: [{ project: "example" }] },
      resource: { google_cloud_run_v2_service: { api: { name: "api-run", location: "europe-west1" } } },
    });
    const text =
      "Error: Error creating Service: googleapi: Error 409: Resource 'api-run' already exists.\n\n  with google_cloud_run_v2_service.api,\n  on cdk.tf.json line 4\n";
    expect(commands(text, stack)).toEqual([
      `terraform -chdir=${stack} import google_cloud_run_v2_service.api projects/example/locations/europe-west1/services/api-run`,
    ]);
  });

  it("is put back from its backup where a state was cut off while it was written", () => {
    writeStack({ terraform: { backend: { local: { path: "../../one.tfstate" } } } });
    const state = join(folder.path, "one.tfstate");
    writeFileSync(state, '{ "version": 4,');
    expect(commands(complaint("state-cut-off.txt"), stack)).toEqual([]);
    writeFileSync(`${state}.backup`, "{}");
    expect(commands(complaint("state-cut-off.txt"), stack)).toEqual([`cp ${state}.backup ${state}`]);
  });

  it("is put back where the state is an empty file, of which Terraform does not complain", () => {
    writeStack({ terraform: { backend: { local: { path: "../../one.tfstate" } } } });
    const state = join(folder.path, "one.tfstate");
    expect(emptiedState(stack)).toEqual([]);
    writeFileSync(state, "");
    expect(emptiedState(stack)).toEqual([]);
    writeFileSync(`${state}.backup`, "{}");
    expect(emptiedState(stack)).toEqual([expect.stringMatching(`^cp ${state}.backup ${state}  # `)]);
    writeFileSync(state, '{ "version": 4 }');
    expect(emptiedState(stack)).toEqual([]);
  });
});

it("pushes the state that could not be saved, before anything else", () => {
  expect(commands(complaint("state-not-saved.txt"))).toEqual(["terraform -chdir=stack state push errored.tfstate"]);
});

it("keeps what Terraform would make anew since its making did not end well", () => {
  expect(commands(complaint("tainted.txt"))).toEqual([
    "terraform -chdir=stack untaint google_compute_url_map.edge_redirect_map_50B0C1A8",
  ]);
});

it("has nothing to say of what another run mends, and of what is no complaint", () => {
  expect(remediesFor(complaint("provider-gone.txt"), "stack")).toEqual([]);
  expect(remediesFor("Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\n", "stack")).toEqual([]);
});
