import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { SIGNATURE_HEADER, sign } from "../../contract/probe-protocol.ts";
import { readWitnessReport } from "../../probes/probers/witness-answer.ts";
import type { Sampled } from "./sampler.ts";

/** A socket that is held open, and what became of it. */
export interface HeldSocket {
  /** Revision that accepted it. */
  readonly revision: string;
  /** Messages that came back. */
  readonly echoes: () => number;
  /** How it ended: the close code, or that an echo was missing; undefined while it is well. */
  readonly end: () => string | undefined;
}

export interface HeldSockets {
  readonly sockets: readonly HeldSocket[];
  readonly close: () => Promise<void>;
}

interface Held extends HeldSocket {
  readonly socket: WebSocket;
  /** Sends a message, and looks whether those before came back. */
  readonly beat: () => void;
}

/** Echoes that may be under way: the machine may be busy, a socket that is cut stays behind for ever. */
const MOST_BEHIND = 5;

/** Opens sockets through an edge and sends a message through each of them, every second or so. */
export async function holdSockets(
  count: number,
  at: Pick<Sampled, "port" | "ca" | "key"> & { readonly url: string; readonly beatMs?: number },
): Promise<HeldSockets> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(at)));
  const ended = new AbortController();
  const running = (async () => {
    while (!ended.signal.aborted) {
      for (const each of held) each.beat();
      await delay(at.beatMs ?? 1000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    sockets: held,
    close: async () => {
      ended.abort();
      await running;
      for (const { socket } of held) socket.terminate();
    },
  };
}

async function hold({ port, ca, key, url }: Parameters<typeof holdSockets>[1]): Promise<Held> {
  const { hostname, pathname } = new URL(url);
  const nonce = randomBytes(8).toString("hex");
  const signature = sign({ environment: "", route: "", nonce, expiresAt: Date.now() + 60_000 }, key);
  // The library hands `servername` on to TLS, and its types do not know.
  const options = { ca, servername: hostname, headers: { Host: hostname, [SIGNATURE_HEADER]: signature } };
  const socket = new WebSocket(`wss://127.0.0.1:${port}${pathname}`, ["jwt-auth"], options);
  let [sent, heard, end] = [0, 0, undefined as string | undefined];
  const report = await new Promise<string>((resolve, reject) => {
    socket.once("message", (data: Buffer) => resolve(data.toString("utf8"))).once("error", reject);
  });
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => void (data.toString("utf8") === `beat ${heard + 1}` && heard++));
  socket.on("close", (code: number) => void (end ??= `closed with ${code} after ${heard} echoes`));
  return {
    socket,
    revision: readWitnessReport(report)?.revision ?? "",
    echoes: () => heard,
    end: () => end,
    beat: () => {
      if (heard < sent - MOST_BEHIND) end ??= `message ${heard + 1} did not come back`;
      if (end === undefined) socket.send(`beat ${++sent}`);
    },
  };
}
