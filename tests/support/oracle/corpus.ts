import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { BrokenEdge } from "../../broken-edges/broken-edge.ts";
import { referenceTerraform } from "../reference.ts";
import { HANDSHAKE, anyReading, anyRequest } from "./random.ts";
import { anyMutations } from "./mutations.ts";
import type { Mutation } from "./mutations.ts";
import type { Reading } from "./model.ts";
import type { Plain } from "./terraform.ts";
import type { Line, OracleRequest } from "./types.ts";

/** Random cases: enough to notice in daily work, many more when soaking. */
export const RUNS = process.env["HEADGATE_SOAK"] === undefined ? 300 : 20_000;

/** Another one each run; `HEADGATE_SEED` repeats a run, and every failure prints its own. */
export const SEED = Number(process.env["HEADGATE_SEED"] ?? Date.now() % 2 ** 31);

/** What a page can set on an upgrade is not among them; the routes declare the rest. */
export const DECLARED: readonly Line[] = [
  ["Cookie", "session=token"],
  ["Sec-WebSocket-Protocol", "jwt-auth, jwt.dG9rZW4"],
  ["X-Forwarded-For", "203.0.113.7"],
  ["X-Request-Source", "forged"],
  ["X-E2E-Bypass", "forged"],
  ["X-User-Id", "forged"],
];

const ROUTES = [
  ["api", "/ws"],
  ["api", "/ws/"],
  ["api", "/ws/live"],
  ["api", "/api/"],
  ["api", "/api/v1/items?a=1"],
  ["api", "/"],
  ["api", "/elsewhere"],
  ["auth", "/"],
  ["auth", "/login"],
  ["app", "/"],
  ["app", "/index.html"],
] as const;

/** Every declared route, by each client and protocol, with the declared headers. */
export function declaredRequests(domain: string, more: readonly Line[] = []): OracleRequest[] {
  return ROUTES.flatMap(([host, target]) =>
    [false, true].flatMap((upgrade) =>
      ["browser", "native"].map((client) => ({
        scheme: "https" as const,
        method: "GET",
        target,
        headers: [
          ["Host", `${host}.${domain}`] as const,
          ...(upgrade ? HANDSHAKE : []),
          ...DECLARED,
          ...(client === "native" || !upgrade ? [["Authorization", "Bearer token"] as const] : []),
          ...(client === "browser" ? [["Origin", `https://app.${domain}`] as const] : []),
          ...more,
        ],
        clientAddress: "203.0.113.5",
        edgeAddress: "127.0.0.1",
      })),
    ),
  );
}

/** The faults that are planted elsewhere to prove the rules, each alone. */
export async function plantedFaults(): Promise<{ title: string; plant: (terraform: Plain) => void }[]> {
  const folder = join(import.meta.dirname, "../../broken-edges");
  const files = readdirSync(folder).filter((name) => !name.endsWith(".test.ts") && name !== "broken-edge.ts");
  return Promise.all(
    files.map(async (file) => {
      const { brokenEdge } = (await import(join(folder, file))) as { brokenEdge: BrokenEdge };
      return { title: file.replace(".ts", ""), plant: brokenEdge.plant };
    }),
  );
}

export interface RandomCase {
  readonly requests: readonly OracleRequest[];
  readonly reading: Reading;
  readonly mutations: readonly Mutation[];
}

/** A changed reference system, one reading of the open questions, and some requests to it. */
export const anyCase: fc.Arbitrary<RandomCase> = fc.record({
  requests: fc.array(anyRequest(), { minLength: 1, maxLength: 3 }),
  reading: anyReading,
  mutations: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: anyMutations }),
});

export function mutated(mutations: readonly Mutation[]): Plain {
  const terraform = referenceTerraform();
  for (const { apply } of mutations) apply(terraform);
  return terraform;
}
