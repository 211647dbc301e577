import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatePlan } from "../../../probes/commands/gate-plan.ts";
import { CannotLookError, UsageError } from "../../../probes/commands/context.ts";
import type { PlanReview } from "../../../probes/facts/planned.ts";
import { ConfigurationError } from "../../../probes/terraform/configuration-error.ts";
import { recordedContext } from "../../support/command-context.ts";
import { expectPublished } from "../../support/published-schema.ts";
import { writePass } from "../../support/receipts.ts";
import { newProject } from "../../support/terraform-project.ts";
import type { Project } from "../../support/terraform-project.ts";
import type { Json } from "../../support/reference.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const LIMIT = 240_000;
const DAY = "2030-01-15";

let project: Project;
const plans: Record<string, string> = {};

/** Plans the stack as it stands in the folder, and keeps what `terraform show -json` prints. */
async function planned(name: string, ...args: string[]): Promise<void> {
  await plannedOf("staging", name, ...args);
}

async function plannedOf(environment: string, name: string, ...args: string[]): Promise<void> {
  const made = await project.terraform(environment, "plan", `-out=${name}.bin`, ...args);
  const shown = await project.terraform(environment, "show", "-json", `${name}.bin`);
  expect(shown.exitCode, made.stderr + shown.stderr).toBe(0);
  plans[name] = join(project.folder, `${name}.json`);
  writeFileSync(plans[name], shown.stdout);
}

/** Edits the synthesized stack, as a change of the contract or of a construct would. */
function edited(edit: (stack: Json) => void): void {
  const file = join(project.folder, "cdktf.out/stacks/staging/cdk.tf.json");
  const stack: Json = JSON.parse(readFileSync(file, "utf8"));
  edit(stack);
  writeFileSync(file, JSON.stringify(stack));
  // The gate of the stack plans nothing without a receipt of exactly these files.
  writePass(dirname(file));
}

const urlMap = (stack: Json): Json =>
  Object.entries(stack.resource.google_compute_url_map as Record<string, Json>).find(([key]) =>
    key.startsWith("routing"),
  )![1];

beforeAll(async () => {
  project = newProject();
  await project.synth(REFERENCE);
  await planned("first");
  await plannedOf("production", "two edges");
  await project.apply("staging");
  await planned("unchanged");
  await planned("destroy", "-destroy");
  edited((stack) => (urlMap(stack).description = "Another text"));
  await planned("description");
  edited((stack) => {
    const action = urlMap(stack).header_action;
    action.request_headers_to_remove = [...(action.request_headers_to_remove ?? []), "Authorization"];
  });
  await planned("removed");
  await project.synth(REFERENCE);
  edited((stack) => {
    const text = JSON.stringify(urlMap(stack)).replaceAll("public-edge", "public-edge-2");
    Object.assign(urlMap(stack), JSON.parse(text));
  });
  await planned("another-value");
  await project.synth(REFERENCE.replace(/(backend@sha256:)[0-9a-f]/, "$1f"));
  await planned("image");
  edited((stack) => (stack.resource.terraform_data.bad = { lifecycle: { precondition: [FAILING] } }));
  await planned("errored");
}, LIMIT);
afterAll(() => project.remove());

const FAILING = { condition: '${path.module == "nowhere"}', error_message: "It fails." };

interface Reviewed {
  readonly code: number;
  readonly text: string;
  readonly review: PlanReview;
}

async function review(plan: string, env = "staging"): Promise<Reviewed> {
  const { context, stdout } = recordedContext(project.folder, DAY);
  const json = join(project.folder, "review.json");
  const code = await gatePlan(
    {
      plan,
      contract: join(project.folder, "headgate.yaml"),
      format: ["text", `json=${json}`],
      env,
      timeout: 5,
      deadline: 60,
      concurrency: 1,
      prober: "library",
    },
    context,
  );
  const document = JSON.parse(readFileSync(json, "utf8")) as PlanReview;
  expectPublished("plan", document);
  return { code, text: stdout(), review: document };
}

/** A plan's document, changed before it is read. */
function altered(name: string, alter: (plan: Json) => void): string {
  const plan: Json = JSON.parse(readFileSync(plans[name]!, "utf8"));
  alter(plan);
  const file = join(project.folder, "altered.json");
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

describe("gate --plan of a real plan", () => {
  it("tells a first deployment, where every outcome is new", async () => {
    const { code, text, review: first } = await review(plans["first"]!);
    expect(first.plan.first).toBe(true);
    expect(first.touchesHeaderPath).toBe(true);
    expect(first.outcomes.every(({ before }) => before === null)).toBe(true);
    expect(first.outcomes.length).toBe(first.compared);
    expect(code, text).toBe(0);
  });

  it("judges the edge that users meet, and says that no plan tells what opens the other", async () => {
    const { code, text, review: two } = await review(plans["two edges"]!, "production");
    expect(code, text).toBe(0);
    expect(new Set(two.outcomes.map(({ env }) => env))).toEqual(new Set(["production"]));
    expect(two.notLookedAt).toEqual([expect.stringContaining("the preview edge")]);
    expect(text).toContain("not looked at: the preview edge");
  });

  it("says that a plan without a change touches nothing", async () => {
    const { code, text, review: same } = await review(plans["unchanged"]!);
    expect(same).toMatchObject({ touchesHeaderPath: false, changes: [], outcomes: [], before: "pass" });
    expect(text).toContain("header path: not touched (0 changes, none of them on it)");
    expect(text).toMatch(/outcomes: all \d+ stay as they are/);
    expect(code).toBe(0);
  });

  it("counts a description as no touch of the header path", async () => {
    const { code, review: described } = await review(plans["description"]!);
    expect(described.changes.map(({ action, attributes, onPath }) => [action, attributes, onPath])).toEqual([
      ["update", ["description"], []],
    ]);
    expect(described.touchesHeaderPath).toBe(false);
    expect(code).toBe(0);
  });

  it("lists every route and header whose outcome a removal changes, and ends 1", async () => {
    const { code, text, review: removed } = await review(plans["removed"]!);
    expect(code).toBe(1);
    expect(removed).toMatchObject({ touchesHeaderPath: true, verdict: "contract-broken", before: "pass" });
    const headers = removed.outcomes.filter(({ rule }) => rule === "header-unchanged");
    expect(new Set(headers.map(({ header }) => header))).toEqual(new Set(["Authorization"]));
    const ways = new Set(headers.map(({ route, protocol }) => `${route} ${protocol}`));
    // Three routes carry it, one of them in both protocols.
    expect(ways.size).toBe(4);
    expect(headers[0]!.before).toMatchObject({ state: "pass", observation: "intact" });
    expect(headers[0]!.after).toMatchObject({ state: "fail", observation: "stripped" });
    expect(headers[0]!.after!.by[0]!.address).toMatch(/^google_compute_url_map\.routing/);
    expect(text).toMatch(/Authorization {3}pass \(intact .*\) → fail \(stripped/);
  });

  it("names a header to which the edge writes another value", async () => {
    const { code, review: valued } = await review(plans["another-value"]!);
    expect(code).toBe(1);
    const own = valued.outcomes.filter(({ header }) => header === "X-Request-Source");
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ after }) => after?.state === "fail")).toBe(true);
  });

  it("shows a new image to touch the path and to change no outcome", async () => {
    const { code, text, review: image } = await review(plans["image"]!);
    expect(image.touchesHeaderPath).toBe(true);
    expect(image.changes.map(({ action }) => action)).toEqual(expect.arrayContaining(["create", "update", "delete"]));
    expect(image.outcomes, text).toEqual([]);
    expect(code).toBe(0);
  });

  it("ends 3 for a plan that leaves nothing, and lists what goes", async () => {
    const { code, review: gone } = await review(plans["destroy"]!);
    expect(code).toBe(3);
    expect(gone.outcomes.every(({ after }) => after === null)).toBe(true);
    expect(gone.touchesHeaderPath).toBe(true);
  });
});

describe("gate --plan of what is not to be trusted", () => {
  it("refuses the plan of a run that failed", async () => {
    const run = review(plans["errored"]!);
    await expect(run).rejects.toThrow(CannotLookError);
    await expect(run).rejects.toThrow(/errored\.json:1:\d+: the plan is of a run that failed/);
  });

  it("refuses a plan that changes what its prior state does not hold", async () => {
    const run = review(altered("removed", (plan) => delete plan.prior_state));
    await expect(run).rejects.toThrow(CannotLookError);
    await expect(run).rejects.toThrow(/its prior_state does not hold it/);
  });

  it("refuses a format of another major version", async () => {
    const run = review(altered("unchanged", (plan) => (plan.format_version = "2.0")));
    await expect(run).rejects.toThrow(/has format_version "2.0"; this release reads 1.x/);
  });

  it("says of a state that it is no plan", async () => {
    const run = review(altered("unchanged", keepState));
    await expect(run).rejects.toThrow(ConfigurationError);
    await expect(run).rejects.toThrow(/is no plan/);
  });

  it("names the formats that it writes", async () => {
    const { context } = recordedContext(project.folder, DAY);
    const options = { timeout: 5, deadline: 60, concurrency: 1, prober: "library", contract: "headgate.yaml" } as const;
    const run = gatePlan({ ...options, plan: plans["unchanged"]!, format: ["sarif"] }, context);
    await expect(run).rejects.toThrow(UsageError);
  });
});

function keepState(plan: Json): void {
  const { prior_state: state } = plan;
  for (const key of Object.keys(plan)) delete plan[key];
  Object.assign(plan, state);
}
