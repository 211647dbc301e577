import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "./shell-word.ts";

/** What Terraform complained of, and the folder that it ran in. */
interface Complaint {
  readonly text: string;
  /** As a command given in the present folder would name it. */
  readonly folder: string;
  readonly configuration: Configuration;
}

/** What a name that is taken and a state that is broken are looked up in. */
interface Configuration {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly provider?: Readonly<Record<string, readonly { readonly project?: unknown }[]>>;
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
}

/**
 * The commands that mend what an interrupted apply left behind, in the order in which to run them; what each is for stands
 * behind it as a comment of the shell. Empty: Terraform complains of something else, or of what running it again mends.
 * @param text what Terraform printed; one without colours, frames of lines or not.
 * @param folder the root module that it ran in, as the reader of the commands would name it.
 */
export function remediesFor(text: string, folder: string): string[] {
  const plain = text.replaceAll(/^[│╷╵] ?/gm, "").replaceAll("\r", "");
  const complaint = { text: plain, folder, configuration: configurationIn(folder) };
  return [
    ...lockRemedies(complaint),
    ...unsavedRemedies(complaint),
    ...(brokenStateRemedies(complaint) ?? takenRemedies(complaint)),
    ...taintedRemedies(complaint),
  ];
}

/** `force-unlock` of a remote state, whose lock outlives its owner. */
function lockRemedies({ text, folder }: Complaint): string[] {
  if (!text.includes("Error acquiring the state lock")) return [];
  // The `http` backend puts the asker's own lock below "Lock Info", and the one that is in the way before it.
  const id = /already locked:\s+ID=(\S+)/.exec(text)?.[1] ?? /^\s*ID:[ \t]+(\S+)/m.exec(text)?.[1];
  const owner = `${/^\s*Who:[ \t]+(\S+)/m.exec(text)?.[1] ?? "somebody"} since ${/^\s*Created:[ \t]+(\S+ [\d:]+)/m.exec(text)?.[1] ?? "some time"}`;
  // The lock of a local file is the system's, and ends with the process that holds it: there is nothing to unlock.
  if (/resource temporarily unavailable|another process has locked/.test(text))
    return [`${terraform(folder, "plan", "-lock-timeout=10m")}  # Terraform is still at work (${owner}): this waits`];
  if (id === undefined) return [];
  return [`${terraform(folder, "force-unlock", "-force", id)}  # only if Terraform of ${owner} is at work no more`];
}

function unsavedRemedies({ text, folder }: Complaint): string[] {
  if (!text.includes("errored.tfstate")) return [];
  return [
    `${terraform(folder, "state", "push", "errored.tfstate")}  # before anything else: what was made stands there alone`,
  ];
}

function brokenStateRemedies({ text, folder, configuration }: Complaint): string[] | undefined {
  return text.includes("Unsupported state file format") ? restoring(folder, configuration) : undefined;
}

/**
 * What puts a local state back that is an empty file, as a Terraform leaves it that is killed while it writes: it empties
 * the file before it has the new text. Terraform takes that for a state in which nothing was ever made, complains of
 * nothing, and makes everything anew. Empty: the state is none of that, or nothing is there to put back.
 */
export function emptiedState(folder: string): string[] {
  const configuration = configurationIn(folder);
  const isEmptied = statSync(stateFile(folder, configuration), { throwIfNoEntry: false })?.size === 0;
  return isEmptied ? (restoring(folder, configuration) ?? []) : [];
}

/** The copy that Terraform took before it first wrote; undefined where there is none. */
function restoring(folder: string, configuration: Configuration): string[] | undefined {
  const state = stateFile(folder, configuration);
  const backup = `${state}.backup`;
  if (!existsSync(backup)) return undefined;
  return [
    `cp ${shellWord(backup)} ${shellWord(state)}  # the state was cut off; what is missing from it, the next apply names`,
  ];
}

function stateFile(folder: string, { terraform: settings }: Configuration): string {
  return join(folder, settings?.backend?.local?.path ?? "terraform.tfstate");
}

const isTaken = (text: string): boolean => /Error 409: .*already exists/.test(text);

/** `import` of what an apply made, and did not live to write down. */
function takenRemedies({ text, folder, configuration }: Complaint): string[] {
  return complaintsIn(text).flatMap((one) => {
    const address = /^\s*with ([^\s,][^,\n]*),$/m.exec(one)?.[1];
    // Revisions are no resource of Terraform's; one of that name and another template is nothing to take over.
    if (!isTaken(one) || one.includes("Error 409: Revision named") || address === undefined) return [];
    const id = idOf(one, address, configuration);
    if (id === undefined) return [];
    return [`${terraform(folder, "import", address, id)}  # it exists, and the state does not know it`];
  });
}

function complaintsIn(text: string): string[] {
  return text.split(/^(?=Error: )/m).filter((one) => one.startsWith("Error: "));
}

/** The id that `terraform import` takes: as Google names it in its answer, or made of what the configuration says. */
function idOf(complaint: string, address: string, configuration: Configuration): string | undefined {
  const named =
    /resource '([^']+\/[^']+)' already exists/i.exec(complaint)?.[1] ??
    /"resourceName": "([^"]+)"/.exec(complaint)?.[1];
  if (named !== undefined) return named;
  const [, type, name] = /(?:^|\.)(google_cloud_run_v2_service)\.([^.[]+)$/.exec(address) ?? [];
  const body = type === undefined ? undefined : configuration.resource?.[type]?.[name!];
  const project = body?.["project"] ?? configuration.provider?.["google"]?.[0]?.project;
  if (typeof project !== "string" || typeof body?.["location"] !== "string" || typeof body["name"] !== "string")
    return undefined;
  return `projects/${project}/locations/${body["location"]}/services/${body["name"]}`;
}

/** For each that Terraform would make anew, since making it did not end well. */
function taintedRemedies({ text, folder }: Complaint): string[] {
  return [...text.matchAll(/^\s*# (\S+) is tainted, so must be replaced$/gm)].map(
    ([, address]) => `${terraform(folder, "untaint", address!)}  # if it is whole and need not be made anew`,
  );
}

function configurationIn(folder: string): Configuration {
  try {
    return JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as Configuration;
  } catch {
    // A folder of *.tf, or what a synth left half done: the complaint alone must do.
    return {};
  }
}

function terraform(folder: string, ...args: readonly string[]): string {
  return ["terraform", `-chdir=${folder === "" ? "." : folder}`, ...args].map(shellWord).join(" ");
}
