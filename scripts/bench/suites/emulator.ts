import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "../bundled.ts";
import { spread } from "../measure.ts";
import type { Block, Contender, Suite } from "../measure.ts";
import { startNginx } from "../nginx.ts";
import { startPeer } from "../peer.ts";
import type { Peer } from "../peer.ts";
import { edgeText } from "./edge.ts";
import { checkRule, requests, upgrades } from "./wire-client.ts";

const CONCURRENCY = 32;
const MANY_RULES = 1000;
const BLOCKS = 14;

type Proxy = Pick<Peer, "port" | "cpuMs" | "close">;

/** All proxies at once, each a process of its own in front of the same backend, each with one remove and one add rule. */
interface Field {
  readonly backend: Proxy;
  readonly emulator: Proxy;
  readonly manyRules: Proxy;
  readonly httpProxy: Proxy;
  /** Undefined where it is not installed. */
  readonly nginx: Proxy | undefined;
  readonly close: () => Promise<void>;
}

/** What the emulated edge takes of a processor, against http-proxy and nginx; the time is that of one client for all. */
export async function emulatorSuites(): Promise<Suite[]> {
  const field = await startField();
  const { emulator, manyRules, httpProxy, nginx } = field;
  const suite = (title: string, run: (proxy: Proxy) => Contender["run"]): Suite => ({
    title: `emulator: ${title}${nginx === undefined ? " (nginx is not installed here)" : ""}`,
    blocks: BLOCKS,
    contenders: [
      { name: "http-proxy", run: run(httpProxy) },
      { name: "headgate emulator", run: run(emulator) },
      ...(nginx === undefined ? [] : [{ name: "nginx", run: run(nginx) }]),
    ],
    labels: { cpu: "proxy cpu ms" },
    close: () => undefined,
  });
  return [
    suite("1000 upgrades, 32 at once", (proxy) => () => block(proxy, upgrades, 1000, CONCURRENCY)),
    suite("3200 requests, 32 at once", (proxy) => () => block(proxy, requests, 3200, CONCURRENCY)),
    {
      ...suite("300 upgrades one by one", (proxy) => () => added(field.backend, proxy)),
      labels: { cpu: "proxy cpu ms", wall: "added p50 ms" },
    },
    {
      title: `emulator: 1000 upgrades, the matching route rule the last of ${MANY_RULES}`,
      blocks: BLOCKS,
      labels: { cpu: "proxy cpu ms" },
      contenders: [
        { name: "1 route rule", run: () => block(emulator, upgrades, 1000, CONCURRENCY) },
        { name: `${MANY_RULES} route rules`, run: () => block(manyRules, upgrades, 1000, CONCURRENCY) },
      ],
      close: field.close,
    },
  ];
}

async function startField(): Promise<Field> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const code = await bundled("scripts/bench/peers/emulator.ts");
  const backend = await startPeer(["scripts/bench/peers/backend.js"]);
  const emulatorOf = (rules: number): Promise<Peer> => {
    const source = join(folder, `${rules}-rules`);
    mkdirSync(source);
    writeFileSync(join(source, "main.tf.json"), edgeText(rules));
    return startPeer([code.file, source, String(backend.port)]);
  };
  const proxies = {
    emulator: await emulatorOf(1),
    manyRules: await emulatorOf(MANY_RULES),
    httpProxy: await startPeer(["scripts/bench/peers/http-proxy.js", String(backend.port)]),
    nginx: await startNginx(folder, backend.port),
  };
  const all = Object.values(proxies).filter((one) => one !== undefined);
  for (const { port } of all) await checkRule(port);
  return {
    ...proxies,
    backend,
    close: async () => {
      for (const one of [...all, backend]) await one.close();
      code.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function block(proxy: Proxy, send: typeof upgrades, count: number, concurrency: number): Promise<Block> {
  const [from, cpu] = [performance.now(), proxy.cpuMs()];
  await send(proxy.port, count, concurrency);
  return { wallMs: performance.now() - from, cpuMs: proxy.cpuMs() - cpu };
}

/** How much longer the median upgrade takes through the proxy than without it, one after the other. */
async function added(direct: Proxy, proxy: Proxy): Promise<Block> {
  const [bare] = spread(await upgrades(direct.port, 300, 1));
  const cpu = proxy.cpuMs();
  const [through] = spread(await upgrades(proxy.port, 300, 1));
  return { wallMs: through - bare, cpuMs: proxy.cpuMs() - cpu };
}
