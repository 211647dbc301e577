import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { throwAwayCertificate } from "../../probes/emulator/certificate.ts";
import type { Result } from "../../probes/facts/result.ts";
import { startWitness } from "../../probes/witness/start.ts";
import { headgate } from "./cli.ts";

export const KEY = "key-of-the-foreign-witness";

/** A contract for an edge that is not ours: one host, one WebSocket, one header with an underscore. */
export const CONTRACT = `version: 1
name: foreign
environments: { staging: { project: example-foreign, region: us-central1, domain: example.com } }
headers:
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  session-cookie: { name: Cookie, send: "session=\${token}", arrives: unchanged }
  tenant: { name: X_Tenant, send: "tenant-\${nonce}", arrives: unchanged }
services: { app: { timeout: 3600s } }
routes:
  - host: api.\${domain}
    paths: [/ws, /*]
    service: app
    protocol: websocket
    headers: [authorization, session-cookie, tenant]
`;

export interface Places {
  /** Where the proxy is to listen, on loopback. */
  readonly port: number;
  /** Where the witness listens. */
  readonly upstream: number;
  /** Certificate and key, PEM in one file and in two. */
  readonly pem: string;
  readonly certificate: string;
  readonly key: string;
  readonly folder: string;
}

interface ForeignEdge {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** The program of a proxy and its arguments, once it is known where things are. */
export type ProxyCommand = (places: Places) => readonly [string, ...string[]];

export interface ForeignRun {
  readonly code: number | null;
  readonly result: Result;
}

/** Probes somebody else's proxy from start to end. */
export async function probeForeignEdge(
  folder: string,
  command: ProxyCommand,
  { contract, args = [] }: { readonly contract?: string; readonly args?: readonly string[] } = {},
): Promise<ForeignRun> {
  const edge = await foreignEdge(folder, command, contract);
  try {
    const { code, stdout } = await headgate([...edge.args, ...args, "--format", "json"], { env: edge.env });
    return { code, result: JSON.parse(stdout) as Result };
  } finally {
    await edge.close();
  }
}

/** Failed cells as `rule header protocol observation`, each once. */
export function failuresOf({ cells }: Result): string[] {
  const failed = cells.filter(({ state }) => state === "fail");
  const words = failed.map(({ rule, header, protocol, observation }) =>
    [rule, header ?? "-", protocol, observation ?? "-"].join(" "),
  );
  return [...new Set(words)].sort();
}

/** Starts somebody else's proxy with real TLS in front of a witness. */
async function foreignEdge(folder: string, command: ProxyCommand, text = CONTRACT): Promise<ForeignEdge> {
  const witness = await startWitness({ service: "app", key: KEY });
  const { certificate, key } = await throwAwayCertificate(["api.example.com"]);
  const places: Places = {
    port: await freePort(),
    upstream: witness.port,
    pem: join(folder, "edge.pem"),
    certificate: join(folder, "edge.crt"),
    key: join(folder, "edge.key"),
    folder,
  };
  writeFileSync(places.pem, `${certificate}\n${key}`);
  writeFileSync(places.certificate, certificate);
  writeFileSync(places.key, key);
  const contract = join(folder, "headgate.yaml");
  writeFileSync(contract, text);
  const [program, ...args] = command(places);
  const proxy = spawn(program, args, { env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` } });
  let said = "";
  proxy.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  await listening(places.port, proxy, () => said);
  return {
    args: ["probe", "--live", `https://127.0.0.1:${places.port}`, "--ca", places.certificate, "--contract", contract],
    env: { HEADGATE_KEY: KEY },
    close: async () => {
      if (proxy.exitCode === null) {
        proxy.kill("SIGTERM");
        await once(proxy, "exit");
      }
      await witness.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number, proxy: ChildProcess, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (proxy.exitCode !== null) throw new Error(`the proxy ended with ${proxy.exitCode}:\n${said()}`);
    const socket = connect(port, "127.0.0.1");
    const isUp = await new Promise((resolve) =>
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false)),
    );
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the proxy never listened:\n${said()}`);
}
