import { sign } from "../../../contract/probe-protocol.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Block } from "../measure.ts";
import { wholeProcess } from "../process.ts";

/** Key of every witness that the bench starts. */
export const KEY = "a-key-for-the-bench-0123456789";

/** One route in front of a witness, and how others than Headgate look at it: as whole processes. */
export interface OneRoute {
  readonly port: number;
  /** A script that an engineer writes by hand. */
  readonly bare: () => Promise<Block>;
  /** wscat with its sleep cut to the least that still shows an answer. */
  readonly wscat: () => Promise<Block>;
  readonly close: () => Promise<void>;
}

export async function oneRoute(): Promise<OneRoute> {
  const { port, close } = await startWitness({ service: "app", key: KEY });
  const url = `ws://127.0.0.1:${port}/ws`;
  const wscat = "node_modules/wscat/bin/wscat";
  return {
    port,
    bare: () => wholeProcess(["scripts/bench/peers/bare-ws.js", url, signature()]),
    wscat: () =>
      wholeProcess([wscat, ...["-c", url, "-H", `X-Headgate-Signature: ${signature()}`, "-x", "hello", "-w", "0.05"]]),
    close,
  };
}

let drawn = 0;

/** Opens a witness once. */
export function signature(): string {
  const claims = { environment: "staging", route: "bench", nonce: `bench-${drawn++}` };
  return sign({ ...claims, expiresAt: Date.now() + 600_000 }, KEY);
}
