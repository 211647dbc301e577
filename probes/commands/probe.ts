import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Source } from "../pipeline/input.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { runVerb } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";

export interface ProbeVerbOptions extends RunOptions {
  /** Folder of synthesized output to emulate; undefined: synthesize. */
  readonly emulate?: string;
  /** True: the declared hosts; a text: where to connect instead. */
  readonly live?: true | string;
  readonly ca?: string;
}

/** Traffic only: the probes against the emulated edge, or against one that is running. */
export function probe(options: ProbeVerbOptions, context: CommandContext): Promise<number> {
  if (options.live !== undefined && options.emulate !== undefined)
    throw new UsageError("--live and --emulate exclude each other: a run has one target");
  return runVerb("probe", options, context, async ({ watch, context: timed }) => {
    if (options.live !== undefined) return { source: liveSource(options, options.live), key: witnessKey(context) };
    const directory = options.emulate ?? (await watch.measure("synth", () => synthesize(timed, options))).directory;
    return { source: { kind: "cdktf", directory }, key: randomBytes(32).toString("hex") };
  });
}

function witnessKey({ env }: CommandContext): string {
  const key = env["HEADGATE_KEY"];
  if (key === undefined || key === "")
    throw new UsageError(
      "a live run opens the witness with a signature: set HEADGATE_KEY to the key that the witness was started with",
    );
  return key;
}

function liveSource(options: ProbeVerbOptions, live: true | string): Source {
  const ca = options.ca === undefined ? {} : { ca: readCa(options.ca) };
  if (live === true) return { kind: "live", at: "the declared hosts", ...ca };
  const url = URL.canParse(live) ? new URL(live) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.pathname !== "/") {
    throw new UsageError(
      `--live ${live} is not an address to connect to; write http://ADDRESS:PORT or https://ADDRESS:PORT (the hosts come from the contract)`,
    );
  }
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = url.port === "" ? (scheme === "http" ? 80 : 443) : Number(url.port);
  return {
    kind: "live",
    at: url.origin,
    pinned: { scheme, address: url.hostname.replace(/^\[|\]$/g, ""), port },
    ...ca,
  };
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read the certificate authority ${file}: ${(cause as Error).message}`);
  }
}
