// `node rehearse.js BUNDLE`: runs one probe against a witness, both in this process, and writes the bytecode of all that ran.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

const filename = resolve(process.argv[2]);
const metaUrl = pathToFileURL(resolve(filename, "../../headgate.js")).href;
const folder = mkdtempSync(join(tmpdir(), "headgate-rehearsal-"));
const contract = join(folder, "headgate.yaml");
writeFileSync(
  contract,
  `version: 1
name: rehearsal
environments: { staging: { project: example-rehearsal, region: us-central1, domain: example.com } }
headers: { authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged } }
services: { app: { timeout: 3600s } }
routes:
  - { host: "api.\${domain}", paths: [/ws], service: app, protocol: websocket, headers: [authorization] }
`,
);
process.env.HEADGATE_KEY = "a-key-for-the-rehearsal-0123456789";
process.stdout.write = process.stderr.write = () => true;

const script = new Script(readFileSync(filename, "latin1"), { filename });
const start = (...verb) => {
  process.argv = [process.execPath, filename, ...verb];
  script.runInThisContext()(createRequire(metaUrl), metaUrl);
};
const port = await freePort();
start("witness", "--host", "127.0.0.1", "--port", String(port), "--service", "app");
await new Promise((listening) => setTimeout(listening, 300));
start("probe", "--live", `http://127.0.0.1:${port}`, "--contract", contract);
while (process.exitCode === undefined) await new Promise((again) => setTimeout(again, 20));
rmSync(folder, { recursive: true, force: true });
// With no edge in between, hop-by-hop headers reach the witness, which the probe calls a broken contract. That is the run.
if (process.exitCode !== 1) throw new Error(`the rehearsal of ${filename} ended with ${process.exitCode}`);
// Named for the Node that made it, which alone may take it.
const node = `${process.version}-${process.platform}-${process.arch}`;
writeFileSync(`${filename}.${node}.bytecode`, script.createCachedData());
process.exit(0);

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
