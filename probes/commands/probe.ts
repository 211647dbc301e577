import { randomBytes } from "node:crypto";
import type { LiveSource } from "../pipeline/input.ts";
import type { Chromium } from "../probers/chromium.ts";
import type { BROWSER_CHOICES, EDGE_CHOICES } from "./choices.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { liveKey, placeOf, previewToken } from "./live-look.ts";
import { runVerb } from "./run.ts";
import { pinnedAt, readCa } from "./live-place.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";
import { transportOf } from "./transport.ts";
import type { TransportOptions } from "./transport.ts";

export interface ProbeVerbOptions extends RunOptions, TransportOptions {
  /** Folder of synthesized output to emulate; undefined: synthesize. */
  readonly emulate?: string;
  /** True: the declared hosts; a text: where to connect instead. */
  readonly live?: true | string;
  readonly ca?: string;
  readonly client: (typeof BROWSER_CHOICES)[number];
  /** Of a live run: the closed edge, in place of the one that users meet. */
  readonly edge?: (typeof EDGE_CHOICES)[number];
  /** Of a live run: SHA-256 that the URL map must answer with, hexadecimal. */
  readonly stamp?: string;
}

/** Traffic only: the probes against the emulated edge, or against one that is running. */
export function probe(options: ProbeVerbOptions, context: CommandContext): Promise<number> {
  if (options.live !== undefined && options.emulate !== undefined)
    throw new UsageError("--live and --emulate exclude each other: a run has one target");
  if (options.http2 === true) checkHttp2(options);
  checkEdge(options);
  return runVerb("probe", options, context, async ({ watch, context: timed }) => {
    const browser = options.client === "chromium" ? { browser: await openBrowser() } : {};
    if (options.live !== undefined) {
      const at = { ...liveSource(options, options.live), transport: transportOf(options, context) };
      return { source: { ...at, ...heldTo(options, context) }, key: liveKey(context), ...browser };
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

/** What is meant of a running edge besides its address says nothing of another target, or of several edges at once. */
function checkEdge({ live, env, edge, stamp, client }: ProbeVerbOptions): void {
  const named = edge !== undefined ? `--edge ${edge}` : stamp !== undefined ? "--stamp" : undefined;
  if (named === undefined) return;
  if (live === undefined) throw new UsageError(`${named} needs a running edge: give its address with --live`);
  if (env === undefined) throw new UsageError(`${named} is of one environment: name it with --env`);
  if (stamp !== undefined && !/^[0-9a-f]{64}$/.test(stamp))
    throw new UsageError(
      `--stamp ${stamp} is no stamp; give 64 hexadecimal digits, as "stamp" in candidate.json and release.json`,
    );
  if (edge !== undefined && client === "chromium")
    throw new UsageError(
      "--edge preview and --client chromium exclude each other: no page can send the header that opens it",
    );
}

/** What opens the edge, and by what its answers count. */
function heldTo(
  { edge, stamp }: ProbeVerbOptions,
  { env }: CommandContext,
): Pick<LiveSource, "edge" | "token" | "stamp"> {
  return { ...(edge !== undefined && { edge, token: previewToken(env) }), ...(stamp !== undefined && { stamp }) };
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

function liveSource(options: ProbeVerbOptions, live: true | string): LiveSource {
  const ca = options.ca === undefined ? {} : { ca: readCa(options.ca) };
  if (live === true) return { kind: "live", at: placeOf({}), ...ca };
  const pinned = pinnedAt(live, `--live ${live}`);
  return { kind: "live", at: placeOf({ pinned }), pinned, ...ca };
}
