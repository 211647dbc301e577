import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import type { Contract } from "../../../contract/contract.ts";
import { UsageError } from "../context.ts";
import type { Going } from "./going.ts";
import { shellWord } from "./shell-word.ts";

/** Commands for whoever stands before a deploy that failed, or was a mistake. */
export interface Ways {
  /** To the end of this deploy. */
  readonly on: string;
  /** To what was deployed before it; null: nothing is kept of that. */
  readonly back: string | null;
}

/** What went through last, as `headgate-deployed.json` beside the stack says. */
interface Deployed {
  /** Copy of the contract, beside it. */
  readonly contract: string;
  /** Each `SERVICE=IMAGE@sha256:…`. */
  readonly images: readonly string[];
}

const DEPLOYED = "headgate-deployed";

/**
 * Both ways, from a plan that is not applied yet. What was deployed from this folder is known to the letter; of what was
 * deployed from elsewhere, the images are.
 * @param plan the output of `terraform show -json PLAN`.
 */
export function waysOf(plan: string, folder: string, going: Going): Ways {
  const { options } = going;
  const on = onward(going);
  const deployed = deployedFrom(folder);
  if (deployed !== undefined) return { on, back: command(going, join(folder, deployed.contract), deployed.images) };
  const images = imagesOf(plan, "before", going.contract);
  return {
    on,
    back:
      images.length === 0
        ? destroying(folder, going)
        : `${command(going, options.contract, images)} (with ${options.contract} as it was)`,
  };
}

/** Where nothing was there before. */
export function destroying(folder: string, { context }: Pick<Going, "context">): string {
  return `terraform -chdir=${shellWord(relative(context.cwd, folder))} destroy (nothing was there before)`;
}

/** The same deploy once more. */
export function onward(going: Going): string {
  const { contract, image = [], rollback } = going.options;
  return command(going, contract, image, rollback === true ? ["--rollback"] : []);
}

/** To the release before the one that is live. */
export function rollback(going: Going): string {
  return command(going, going.options.contract, going.options.image ?? [], ["--rollback"]);
}

/** Remembers what has gone through, for the way back from the next. What went through before stays until then. */
export function keepDeployed(plan: string, folder: string, { contract, options, context }: Going): void {
  const before = deployedFrom(folder);
  const name = `${DEPLOYED}-${contract.digest.slice(0, 12)}${extname(options.contract)}`;
  copyFileSync(resolve(context.cwd, options.contract), join(folder, name));
  const deployed: Deployed = { contract: name, images: imagesOf(plan, "after", contract) };
  writeFileSync(join(folder, `${DEPLOYED}.json`), `${JSON.stringify(deployed, null, 2)}\n`);
  for (const old of readdirSync(folder))
    if (old.startsWith(`${DEPLOYED}-`) && old !== name && old !== before?.contract) rmSync(join(folder, old));
}

function deployedFrom(folder: string): Deployed | undefined {
  const file = join(folder, `${DEPLOYED}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Deployed;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}; delete it to deploy without it`);
  }
}

function command(
  { stack, options, context }: Going,
  contract: string,
  images: readonly string[],
  flags: readonly string[] = [],
): string {
  const { var: values = [], varFile = [], edge = [], ca } = options;
  const more = [
    ...(options.terraform === true ? ["--terraform"] : []),
    ...flags,
    ...images.map((image) => ["--image", image]),
    ...varFile.map((file) => ["--var-file", file]),
    // A value may be a secret, and this is printed.
    ...values.map((value) => ["--var", `${value.split("=")[0]!}=…`]),
    ...edge.map((at) => ["--edge", at]),
    ...(ca === undefined ? [] : ["--ca", ca]),
    ...(options.verify ? [] : ["--no-verify"]),
  ].flat();
  const file = relative(context.cwd, resolve(context.cwd, contract));
  return ["headgate", "deploy", stack, "--contract", file, ...more].map(shellWord).join(" ");
}

type RunService = {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly template?: readonly { readonly containers?: readonly { readonly image?: string }[] }[];
} | null;

interface ShownPlan {
  readonly resource_changes?: readonly {
    readonly type: string;
    readonly change: { readonly before: RunService; readonly after: RunService };
  }[];
}

/** Image of each service of the contract on one side of a plan, as `SERVICE=IMAGE`. */
function imagesOf(plan: string, side: "before" | "after", { services }: Contract): string[] {
  return ((JSON.parse(plan) as ShownPlan).resource_changes ?? [])
    .filter(({ type }) => type === "google_cloud_run_v2_service")
    .flatMap(({ change }) => {
      const service = change[side]?.labels?.["headgate-service"];
      const image = change[side]?.template?.[0]?.containers?.[0]?.image;
      const isOurs = service !== undefined && image !== undefined && Object.hasOwn(services, service);
      return isOurs ? [`${service}=${image}`] : [];
    })
    .sort();
}
