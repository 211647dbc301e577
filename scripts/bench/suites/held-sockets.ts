import { spawnSync } from "node:child_process";
import { bundled } from "../bundled.ts";
import type { Block, Suite } from "../measure.ts";
import { startPeer } from "../peer.ts";

const LIMIT_MS = 60_000;

/** What a socket that is held open takes of memory: the slope from 1000 to 4000 of them, each client in a process of its own. */
export async function heldSocketsSuite(): Promise<Suite> {
  const holder = await bundled("scripts/bench/peers/holder.ts");
  const service = await startPeer(["scripts/bench/peers/backend.js"]);
  const contender = (name: string, who: string) => ({
    name,
    run: () => Promise.resolve(heldBy([holder.file, who, String(service.port)])),
  });
  return {
    title: "prober: sockets held open, 1000 to 4000",
    blocks: 5,
    labels: { peak: "MB per 1000 open" },
    contenders: [
      contender("ws by hand", "ws"),
      contender("headgate, raw", "raw"),
      contender("headgate, library", "library"),
      contender("undici by hand", "undici"),
    ],
    close: async () => {
      await service.close();
      holder.remove();
    },
  };
}

function heldBy(args: readonly string[]): Block {
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", ...args], {
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} failed:\n${stderr}`);
  const [peakMb, cpuMs] = stdout.split(" ").map(Number);
  return { wallMs: performance.now() - from, cpuMs: cpuMs!, peakMb: peakMb! };
}
