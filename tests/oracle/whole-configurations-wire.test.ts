import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SEED as DRAWN } from "../support/oracle/corpus.ts";
import { modelOf } from "../support/oracle/model.ts";
import { anyPair } from "../support/oracle/pairs.ts";
import type { Pair } from "../support/oracle/pairs.ts";
import { CLIENT, onTheWire, signed } from "../support/oracle/testify.ts";
import { startWireEdge, startWitnesses } from "../support/oracle/wire.ts";
import type { Witnesses } from "../support/oracle/wire.ts";
import type { OracleRequest } from "../support/oracle/types.ts";

const isSoaking = process.env["HEADGATE_SOAK"] !== undefined;
/** The same cases in every run, but for the soak and for who asks for a seed. */
const SEED = isSoaking || process.env["HEADGATE_SEED"] !== undefined ? DRAWN : 4_711;
const CONFIGURATIONS = isSoaking ? 3000 : 220;

let witnesses: Witnesses;
beforeAll(async () => {
  const services = ["red", "green", "blue"].map((name) => ({ address: `google_cloud_run_v2_service.${name}` }));
  witnesses = await startWitnesses(services);
});
afterAll(() => witnesses.close());

/** What a balancer other than the global one may pass on and no server of Node takes (H14, H17, H23). */
function isForNode({ headers, target }: OracleRequest): boolean {
  const lengths = headers.filter(([name]) => name.toLowerCase() === "content-length");
  return !headers.some(([name]) => name.includes(" ")) && lengths.length < 2 && !target.includes("#");
}

/** For every request: what differs, and over which protocol a witness has testified. */
interface Seen {
  readonly request: OracleRequest;
  readonly differences: readonly string[] | null;
}

async function send({ configuration, requests, reading }: Pair): Promise<Seen[]> {
  const { terraform, balancer } = configuration;
  const edge = await startWireEdge(modelOf(terraform), witnesses, { clientAddress: CLIENT, reading });
  try {
    const found: Seen[] = [];
    for (const each of requests) {
      const request = signed(each);
      if (balancer !== "global" && !isForNode(request)) continue;
      found.push({ request, differences: await onTheWire(request, { terraform, edge, reading }) });
    }
    return found;
  } finally {
    await edge.close();
  }
}

describe("witnesses behind whole configurations", () => {
  it(`receive what the oracle says, over HTTP and over upgrades (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
    const testified = { http: 0, upgrade: 0, silent: 0 };
    for (const [index, pair] of fc.sample(anyPair, { numRuns: CONFIGURATIONS, seed: SEED }).entries()) {
      for (const { request, differences } of await send(pair)) {
        const isUpgrade = request.headers.some(([name]) => name.toLowerCase() === "upgrade");
        testified[differences === null ? "silent" : isUpgrade ? "upgrade" : "http"]++;
        const say = `seed ${SEED}, configuration ${index}: ${JSON.stringify({ request, ...pair }).slice(0, 6000)}`;
        expect(differences ?? [], say).toEqual([]);
      }
    }
    expect(testified.http).toBeGreaterThan(CONFIGURATIONS * 0.8);
    expect(testified.upgrade).toBeGreaterThan(CONFIGURATIONS * 0.4);
  });
});
