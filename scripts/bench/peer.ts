import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

/** A program that runs beside the bench, so that what it takes can be told from what the bench takes. */
export interface Peer {
  readonly port: number;
  /** Processor time of all its threads so far, in milliseconds. */
  readonly cpuMs: () => number;
  /** The next line that it prints. */
  readonly line: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts a Node program that prints its port as its first line. */
export async function startPeer(args: readonly string[]): Promise<Peer> {
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = (await lines.next()) as IteratorResult<string, undefined>;
    if (next.done === true) throw new Error(`${args.join(" ")} ended`);
    return next.value;
  };
  return { ...running(child, Number(await line())), line };
}

/** A process that listens on a port which it was told. */
export function running(child: ChildProcess, port: number): Omit<Peer, "line"> {
  // A bench that fails leaves nothing behind.
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    port,
    cpuMs: () => cpuMsOf(child.pid!),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** First number of `schedstat`: nanoseconds on a processor. A tick of `stat` would be too coarse for a short block. */
function cpuMsOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const threads = readdirSync(folder).map((id) => readFileSync(`${folder}/${id}/schedstat`, "utf8"));
  return threads.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0) / 1e6;
}
