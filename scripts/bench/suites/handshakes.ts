import type { Attempt, Endpoint } from "../../../probes/facts/case.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import type { ProberChoice } from "../../../probes/probers/prober-choices.ts";
import { pooled } from "../pooled.ts";
import type * as probersModule from "../peers/probers.ts";
import { signature } from "./one-route.ts";

/** Declared headers of every handshake. */
const HEADERS = [
  ...["Authorization", "Cookie", "Origin", "Accept-Language", "X-Request-Id"],
  ...["X-Correlation-Id", "X-Tenant", "X-Client-Version", "X-Feature-Flags", "X-Device"],
];
const CONCURRENCY = 20;
const TIMEOUT_MS = 60_000;
const AT = { file: "headgate.yaml", line: 1, column: 1 };

/** Handshakes that are drawn before the clock starts: their lines, with fresh values and a signature each. */
export function drawn(count: number, port: number): { attempt: Attempt; endpoint: Endpoint }[] {
  const endpoint: Endpoint = { scheme: "http", address: "127.0.0.1", port, host: `127.0.0.1:${port}` };
  return Array.from({ length: count }, (_, index) => ({ attempt: attemptOf(index), endpoint }));
}

function attemptOf(index: number): Attempt {
  const canaries = Object.fromEntries(HEADERS.map((name) => [name, [`bench=${index}-${name.toLowerCase()}`]]));
  const lines = [
    ...HEADERS.map((name) => [name, canaries[name]![0]!] as const),
    ["X-Headgate-Signature", signature()] as const,
  ];
  return {
    case: {
      ...{ id: `case-${index}`, env: "staging", route: "bench", host: "127.0.0.1", form: "/ws", path: "/ws" },
      ...{ protocol: "websocket", client: "native", service: "app", routeAt: AT, formAt: AT },
      headers: HEADERS.map((name) => ({ id: name, name, arrives: { kind: "unchanged" }, declaredAt: AT })),
      skipped: [],
    },
    ...{ nonce: `nonce-${index}`, target: "/ws", lines, canaries, credentials: [], secrets: [] },
  };
}

/** Probes and compares every header: phases stamped, both ends' bytes held against each other. */
export async function probed(
  { probeAll, compareHeader }: typeof probersModule,
  prober: ProberChoice,
  all: ReturnType<typeof drawn>,
): Promise<void> {
  const options = { timeoutMs: TIMEOUT_MS, concurrency: CONCURRENCY, signal: new AbortController().signal, prober };
  const observations = await probeAll(all, options);
  for (const [index, observation] of observations.entries()) checked(all[index]!.attempt, observation, compareHeader);
}

function checked(
  { canaries }: Attempt,
  { sent = [], witness, failure }: Observation,
  compare: typeof probersModule.compareHeader,
): void {
  for (const name of HEADERS) {
    const found = compare(name, sent, witness?.headers ?? [], canaries[name]!);
    if (found !== "intact") throw new Error(`${name} is ${found}: ${failure?.message ?? ""}`);
  }
}

/** A client library by hand: opens, reads the first message, looks for its headers, closes. */
export async function byHand(
  Client: WebSocketClass,
  all: ReturnType<typeof drawn>,
  concurrency = CONCURRENCY,
): Promise<void> {
  await pooled(all.length, concurrency, (index) => {
    const { attempt, endpoint } = all[index]!;
    return oneByHand(Client, `ws://127.0.0.1:${endpoint.port}/ws`, Object.fromEntries(attempt.lines));
  });
}

/** What `ws` and undici have in common. */
export type WebSocketClass = new (
  url: string,
  options: { headers: Record<string, string> },
) => {
  addEventListener(name: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(name: "close" | "error", listener: () => void): void;
  close(code?: number): void;
};

function oneByHand(Client: WebSocketClass, url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new Client(url, { headers });
    socket.addEventListener("message", ({ data }) => {
      const report = JSON.parse(String(data)) as { headers: [string, string][] };
      const arrived = new Map(report.headers);
      const lost = HEADERS.find(
        (name) => arrived.get(name) !== headers[name] && arrived.get(name.toLowerCase()) === undefined,
      );
      if (lost !== undefined) reject(new Error(`${lost} did not arrive`));
      socket.close(1000);
    });
    socket.addEventListener("close", () => resolve());
    socket.addEventListener("error", () => reject(new Error("a handshake failed")));
  });
}
