import { pathToFileURL } from "node:url";
import { WebSocket as UndiciWebSocket } from "undici";
import { WebSocket } from "ws";
import { bundled } from "../bundled.ts";
import type { Block, Suite } from "../measure.ts";
import { startPeer } from "../peer.ts";
import type * as probersModule from "../peers/probers.ts";
import { byHand, drawn, probed } from "./handshakes.ts";
import { heldSocketsSuite } from "./held-sockets.ts";
import { KEY } from "./one-route.ts";

const HANDSHAKES = 500;

/** What one handshake takes of this process: Headgate's two probers, undici's and `ws` by hand, against one witness. */
export async function proberSuites(): Promise<Suite[]> {
  const [probers, server] = await Promise.all(["probers", "witness"].map((name) => bundled(peerFile(name))));
  const module = (await import(pathToFileURL(probers!.file).href)) as typeof probersModule;
  const witness = await startPeer([server!.file, KEY]);
  const block = (work: (all: ReturnType<typeof drawn>) => Promise<void>) => () =>
    inThisProcess(work, drawn(HANDSHAKES, witness.port));
  const suite: Suite = {
    title: `prober: blocks of ${HANDSHAKES} handshakes, 20 at once, in one process`,
    blocks: 16,
    contenders: [
      { name: "ws by hand", run: block((all) => byHand(WebSocket, all)) },
      { name: "headgate, raw", run: block((all) => probed(module, "raw", all)) },
      { name: "headgate, library", run: block((all) => probed(module, "library", all)) },
      { name: "undici by hand", run: block((all) => byHand(UndiciWebSocket, all)) },
    ],
    close: async () => {
      await witness.close();
      for (const one of [probers!, server!]) one.remove();
    },
  };
  return [suite, await heldSocketsSuite()];
}

function peerFile(name: string): string {
  return `scripts/bench/peers/${name}.ts`;
}

async function inThisProcess<Given>(work: (given: Given) => Promise<void>, given: Given): Promise<Block> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await work(given);
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - from, cpuMs: (user + system) / 1000 };
}
