import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Source } from "../pipeline/input.ts";
import type { Chromium } from "../probers/chromium.ts";
import type { BROWSER_CHOICES } from "./choices.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { runVerb } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";
import { witnessKey } from "./witness-key.ts";
import { transportOf } from "./transport.ts";
import type { TransportOptions } from "./transport.ts";

export interface ProbeVerbOptions extends RunOptions, TransportOptions {
  /** Folder of synthesized output to emulate; undefined: synthesize. */
  readonly emulate?: string;
  /** True: the declared hosts; a text: where to connect instead. */
  readonly live?: true | string;
  readonly ca?: string;
  readonly client: (typeof BROWSER_CHOICES)[number];
}

const SAME_KEY =
  "a live run opens the witness with a signature: set HEADGATE_KEY to the key that the witness was started with";

/** Traffic only: the probes against the emulated edge, or against one that is running. */
export function probe(options: ProbeVerbOptions, context: CommandContext): Promise<number> {
  if (options.live !== undefined && options.emulate !== undefined)
    throw new UsageError("--live and --emulate exclude each other: a run has one target");
  if (options.http2 === true) checkHttp2(options);
  return runVerb("probe", options, context, async ({ watch, context: timed }) => {
    const browser = options.client === "chromium" ? { browser: await openBrowser() } : {};
    if (options.live !== undefined) {
      const source = { ...liveSource(options, options.live), transport: transportOf(options, context) };
      return { source, key: witnessKey(context.env, SAME_KEY), ...browser };
    }
    const directory = options.emulate ?? (await watch.measure("synth", () => synthesize(timed, options))).directory;
    return { source: { kind: "cdktf", directory }, key: randomBytes(32).toString("hex"), ...browser };
  });
}

/** Nothing may go over HTTP/1.1 for a reason that is known before the first request. */
function checkHttp2({ live, prober }: ProbeVerbOptions): void {
  if (live === undefined)
    throw new UsageError("--http2 needs a running edge, --live: the emulated one answers in HTTP/1.1 alone");
  if (typeof live === "string" && live.startsWith("http:"))
    throw new UsageError("--http2 needs https in --live: HTTP/2 is negotiated in the TLS handshake");
  if (prober === "raw")
    throw new UsageError("--http2 and --prober raw exclude each other: raw requests are written in HTTP/1.1");
}

/** Loaded for this option alone: everybody else needs neither the library nor the browser. */
async function openBrowser(): Promise<Chromium> {
  const { ChromiumMissingError, openChromium } = await import("../probers/chromium.ts");
  try {
    return await openChromium();
  } catch (error) {
    if (error instanceof ChromiumMissingError) throw new UsageError(error.message);
    throw error;
  }
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
