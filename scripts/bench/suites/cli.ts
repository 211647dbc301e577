import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";
import { KEY, oneRoute } from "./one-route.ts";

/** One route, as a whole process: a bare ws script, `headgate probe`, and wscat. */
export async function cliSuite(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const contract = join(folder, "headgate.yaml");
  writeFileSync(contract, CONTRACT);
  const route = await oneRoute();
  const live = ["probe", "--live", `http://127.0.0.1:${route.port}`, "--contract", contract];
  // With no edge in between, hop-by-hop headers reach the witness, which the probe rightly calls a broken contract.
  const probe = (): ReturnType<typeof wholeProcess> =>
    wholeProcess(["dist/headgate.js", ...live], { HEADGATE_KEY: KEY }, { exits: [0, 1] });
  return {
    title: "cli: one route, whole processes",
    blocks: 15,
    contenders: [
      { name: "bare ws script", run: route.bare },
      { name: "headgate probe", run: probe },
      { name: "wscat -x -w 0.05", run: route.wscat },
      { name: "node -e 0", run: () => wholeProcess(["-e", "0"]) },
    ],
    close: async () => {
      await route.close();
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
