import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "../../../contract/probe-protocol.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

const KEY = "a-key-for-the-bench-0123456789";
const BARE = "scripts/bench/suites/bare-ws.js";
const WSCAT = "node_modules/wscat/bin/wscat";

/** One route, as a whole process: a bare ws script, `headgate probe`, and wscat. */
export async function cliSuite(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const contract = join(folder, "headgate.yaml");
  writeFileSync(contract, CONTRACT);
  const witness = await startWitness({ service: "app", key: KEY });
  const url = `ws://127.0.0.1:${witness.port}/ws`;
  let drawn = 0;
  const signature = (): string =>
    sign({ environment: "staging", route: "bench", nonce: `bench-${drawn++}`, expiresAt: Date.now() + 600_000 }, KEY);
  const live = ["probe", "--live", `http://127.0.0.1:${witness.port}`, "--contract", contract];
  // With no edge in between, hop-by-hop headers reach the witness, which the probe rightly calls a broken contract.
  return {
    title: "cli: one route, whole processes",
    blocks: 15,
    contenders: [
      { name: "bare ws script", run: () => wholeProcess([BARE, url, signature()]) },
      { name: "headgate probe", run: () => wholeProcess(["dist/headgate.js", ...live], { HEADGATE_KEY: KEY }, [0, 1]) },
      {
        name: "wscat -x -w 0.05",
        run: () =>
          wholeProcess([WSCAT, "-c", url, "-H", `X-Headgate-Signature: ${signature()}`, "-x", "hello", "-w", "0.05"]),
      },
      { name: "node -e 0", run: () => wholeProcess(["-e", "0"]) },
    ],
    close: async () => {
      await witness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const CONTRACT = `version: 1
name: bench
environments: { staging: { project: example-bench, region: us-central1, domain: example.com } }
headers: { authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged } }
services: { app: { timeout: 3600s } }
routes:
  - { host: "api.\${domain}", paths: [/ws], service: app, protocol: websocket, headers: [authorization] }
`;
