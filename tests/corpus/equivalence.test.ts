import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import type { Installation } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import { traceAll } from "../support/trace-cli.ts";
import type { TraceAnswer } from "../support/trace-cli.ts";
import { configurationNamed, CONFIGURATIONS } from "./configurations.ts";
import type { Configuration, Expectation } from "./configurations.ts";
import { differences } from "./differences.ts";

/** As cdktf writes them: `equivalence/<id>` is an output folder with its manifest. */
const SYNTHESIZED = ["global-path-rules", "header-action-levels", "redirects"];

/** Google would refuse them, they lack a value, or they read what exists elsewhere: nothing can be applied. */
const NEVER_APPLIED: readonly string[] = [
  "classic-with-header-action",
  "data-sources",
  "idioms",
  "missing-variable",
  "not-cloud-run",
  "own-certificates",
  "refused-by-google",
  "route-actions",
];

const APPLIED = CONFIGURATIONS.filter(({ id, terraform: why }) => why === undefined && !NEVER_APPLIED.includes(id));

const PLANNED =
  process.env["HEADGATE_SOAK"] === "1"
    ? APPLIED.map(({ id }) => id)
    : [...SYNTHESIZED, "for-each-services", "nested-modules", "custom-request-headers", "two-balancers"];

let folder: ReturnType<typeof temporaryFolder>;
let standIn: Installation;
beforeAll(() => {
  folder = temporaryFolder();
  standIn = installStandIn(folder.path);
});
afterAll(() => folder.remove());

/** Runs Terraform, and fails with what it said. */
async function succeed(at: string, ...args: string[]): Promise<string> {
  // A cloud of its own: configurations have names in common.
  const env = { ...standIn.env, HEADGATE_STAND_IN_CLOUD: join(at, "cloud.json") };
  const { exitCode, stdout, stderr } = await terraform(at, args, env);
  expect(exitCode, `terraform ${args.join(" ")}: ${stderr}`).toBe(0);
  return stdout;
}

interface Forms {
  readonly plan: string;
  readonly state: string;
  /** Of a second plan, which finds ids where the first found nothing. */
  readonly laterPlan: string;
}

/** What Terraform itself says of a configuration before and after it was applied. */
async function formsOf({ id, folder: from, args = [] }: Configuration): Promise<Forms> {
  const copy = join(folder.path, "copies", id);
  cpSync(from, copy, { recursive: true });
  await succeed(copy, "init", "-backend=false");
  const shown = async (name: string, ...args: string[]): Promise<string> => {
    const file = join(folder.path, `${id}-${name}.json`);
    writeFileSync(file, await succeed(copy, "show", "-json", ...args));
    return file;
  };
  const values = valuesIn(args).map(([name, value]) => `-${name}=${value}`);
  await succeed(copy, "plan", "-out=first.plan", ...values);
  const plan = await shown("plan", "first.plan");
  await succeed(copy, "apply", "first.plan");
  const state = await shown("state");
  await succeed(copy, "plan", "-out=later.plan", ...values);
  return { plan, state, laterPlan: await shown("later-plan", "later.plan") };
}

/** `--var a=b` and `--var-file f`: a plan and a state hold what they gave. */
function valuesIn(args: readonly string[]): readonly (readonly [string, string])[] {
  return args.flatMap((arg, index) =>
    arg === "--var" || arg === "--var-file" ? [[arg.slice(2), args[index + 1]!] as const] : [],
  );
}

function otherThanValues(args: readonly string[]): readonly string[] {
  const values = new Set(valuesIn(args).flatMap(([name, value]) => [`--${name}`, value]));
  return args.filter((arg) => !values.has(arg));
}

/** What every form tells alike: places differ. */
function commonOf({ outcome, backend, backends, service, status, location, headers }: Expectation): Expectation {
  const common = Object.entries(headers ?? {}).map(([name, { at: _, ...rest }]) => [name, rest] as const);
  return { outcome, backend, backends, service, status, location, headers: Object.fromEntries(common) };
}

async function wrongIn(source: string, configuration: Configuration, isHidden = false): Promise<readonly string[]> {
  const { requests, args = [] } = configuration;
  const lines = requests.map(({ expect: _, basis: __, ...line }) => line);
  const run = { folder: resolve("."), source, args: otherThanValues(args), requests: lines };
  const answers: ReadonlyMap<string, TraceAnswer> = await traceAll(run);
  return requests
    .filter(({ id }) => !(isHidden && isHonest(answers.get(id)!)))
    .flatMap((request) =>
      differences(commonOf(request.expect), answers.get(request.id)!).map((each) => `${request.id}: ${each}`),
    );
}

const isHonest = ({ outcome, unknowns }: TraceAnswer): boolean => outcome === "unknown" && unknowns.length > 0;

/**
 * A first plan holds no ids, and what stands in a dynamic block or is named by an iterator stands nowhere in it
 * (`configuration` lists neither): there "unknown" is the right answer, and another destination never is.
 */
function hidesReferences({ folder: from }: Configuration): boolean {
  return readdirSync(from, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tf(\.json)?$/.test(file))
    .some((file) => /"?dynamic"?|\b(each\.|count\.index|for_each)/.test(readFileSync(join(from, file), "utf8")));
}

describe.each(SYNTHESIZED)("%s, synthesized", (id) => {
  const source = join(import.meta.dirname, "equivalence", id);

  it("is traced like the HCL", async () => {
    expect(await wrongIn(source, configurationNamed(id))).toEqual([]);
  });

  it("is what Terraform accepts", async () => {
    const copy = join(folder.path, "synthesized", id);
    cpSync(join(source, "stacks/edge"), copy, { recursive: true });
    await succeed(copy, "init", "-backend=false");
    await succeed(copy, "validate");
  });
});

describe.each(PLANNED)("%s, as Terraform shows it", (id) => {
  const configuration = configurationNamed(id);
  let forms: Forms;
  beforeAll(async () => void (forms = await formsOf(configuration)), 120_000);

  it("is traced alike from a first plan, as far as one tells", async () => {
    expect(await wrongIn(forms.plan, configuration, hidesReferences(configuration))).toEqual([]);
  });

  it("is traced alike from the state", async () => {
    expect(await wrongIn(forms.state, configuration)).toEqual([]);
  });

  it("is traced alike from a later plan", async () => {
    expect(await wrongIn(forms.laterPlan, configuration)).toEqual([]);
  });
});
