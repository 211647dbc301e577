import { setTimeout as after } from "node:timers/promises";
import { WebSocket as UndiciWebSocket } from "undici";
import { WebSocket } from "ws";
import { probeAll } from "../../../probes/probers/probe-all.ts";
import type { ProberChoice } from "../../../probes/probers/prober-choices.ts";
import { byHand, drawn } from "../suites/handshakes.ts";
import type { WebSocketClass } from "../suites/handshakes.ts";

/** Holds sockets open against a service that never speaks, and prints what a thousand of them take in MB, and its CPU time in ms: `node holder WHO PORT`. */
const FEW = 1000;
const MANY = 4000;

const by = (Client: unknown) => (count: number, port: number) =>
  byHand(Client as WebSocketClass, drawn(count, port), count);
const probing = (prober: ProberChoice) => (count: number, port: number) =>
  probeAll(drawn(count, port), {
    timeoutMs: 600_000,
    concurrency: count,
    signal: new AbortController().signal,
    prober,
  });
const HOLDERS: Readonly<Record<string, (count: number, port: number) => Promise<unknown>>> = {
  ws: by(WebSocket),
  undici: by(UndiciWebSocket),
  raw: probing("raw"),
  library: probing("library"),
};

const [, , who = "", port] = process.argv;
const held = async (count: number, all: number): Promise<number> => {
  void HOLDERS[who]!(count, Number(port));
  const open = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
  while (open() < all) await after(50);
  // The last handshakes are still on their way.
  await after(1000);
  globalThis.gc?.();
  return process.memoryUsage().rss;
};
const few = await held(FEW, FEW);
const many = await held(MANY - FEW, MANY);
const megabytes = ((many - few) / (MANY - FEW)) * (1000 / 2 ** 20);
const { user, system } = process.cpuUsage();
process.stdout.write(`${megabytes} ${(user + system) / 1000}\n`, () => process.exit(0));
