import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceDocument } from "../../probes/report/trace-schema.ts";
import { headgate } from "./cli.ts";
import { temporaryFolder } from "./reference.ts";

/** A line of the file that `--requests` reads. */
export interface RequestLine {
  readonly id: string;
  readonly method?: string;
  readonly url: string;
  readonly websocket?: boolean;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly client?: "browser" | "native";
}

/** An answer to one line. */
export type TraceAnswer = TraceDocument & { readonly id: string };

export interface TraceRun {
  /** Where it runs; places in the answers are relative to it. */
  readonly folder: string;
  readonly source?: string;
  readonly args?: readonly string[];
  readonly requests: readonly RequestLine[];
}

/**
 * Asks the published bundle all requests in one process, as in an incident: values in clear.
 * @throws Error with what the command said, unless it answered every line
 */
export async function traceAll(run: TraceRun): Promise<ReadonlyMap<string, TraceAnswer>> {
  const { folder, source = ".", args = [], requests } = run;
  const { path, remove } = temporaryFolder();
  try {
    const file = join(path, "requests.jsonl");
    writeFileSync(file, requests.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const words = ["trace", source, "--requests", file, "--format", "json", "--show-values", ...args];
    const { code, stdout, stderr } = await headgate(words, { cwd: folder });
    if (code !== 0) throw new Error(`headgate ${words.join(" ")} ended with ${code} in ${folder}\n${stderr}`);
    return answersOf(stdout, requests);
  } finally {
    remove();
  }
}

function answersOf(stdout: string, requests: readonly RequestLine[]): ReadonlyMap<string, TraceAnswer> {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const answers = new Map(lines.map((line) => JSON.parse(line) as TraceAnswer).map((each) => [each.id, each]));
  const silent = requests.filter(({ id }) => !answers.has(id)).map(({ id }) => id);
  if (silent.length > 0) throw new Error(`no answer to ${silent.join(", ")}`);
  return answers;
}
