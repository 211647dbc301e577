import { expect } from "vitest";
import type { HeaderLine } from "../../http/header-list.ts";
import { cloudEdge } from "./cloud-edge/cloud-edge.ts";
import type { CloudEdge } from "./cloud-edge/cloud-edge.ts";
import { holdSockets } from "./held-sockets.ts";
import type { HeldSockets } from "./held-sockets.ts";
import { casesOf, sample, startSampler } from "./sampler.ts";
import type { Sample, Sampled, Sampler } from "./sampler.ts";

export const WITNESS_KEY = "key-of-the-witnesses";

/** How many sockets are held open at a time. */
const SOCKETS = 5;

export interface ProductionOptions {
  /** The stand-in's cloud. */
  readonly cloudFile: string;
  /** Text of a contract whose promises every version keeps. */
  readonly promises: string;
  readonly seed: number;
  /** How long an old configuration is met beside the new one, in milliseconds. */
  readonly mixMs: number;
  /** When the certificates of an edge are issued; read at each connection, so that a test may put it off. */
  readonly readyAt?: Readonly<Partial<Record<"public" | "preview", number>>>;
}

/** Production of the reference system as users meet it, on Google's edge as it stands in the stand-in's cloud. */
export class SampledProduction {
  readonly edge: CloudEdge;
  readonly #sampled: Sampled;
  #sampler: Sampler | undefined;
  #sockets: HeldSockets | undefined;

  private constructor(edge: CloudEdge, promises: string) {
    this.edge = edge;
    const { ports, ca } = edge;
    this.#sampled = { port: ports.public, ca, key: WITNESS_KEY, contract: promises, environment: "production" };
  }

  static async start({ promises, ...options }: ProductionOptions): Promise<SampledProduction> {
    // In the range that the reference contract lets in to its preview edge.
    const where = { clientAddress: "203.0.113.7", witnesses: { key: WITNESS_KEY } };
    return new SampledProduction(await cloudEdge({ ...options, ...where }), promises);
  }

  /** From now on users are there: one every 50 ms, and some that stay. */
  async open(): Promise<void> {
    this.#sampler ??= startSampler(this.#sampled);
    await this.#sockets?.close();
    this.#sockets = await holdSockets(SOCKETS, { ...this.#sampled, url: "https://api.example.com/ws" });
  }

  /** One request to the API, as the far side and the client saw it. */
  met(edge: "public" | "preview", protocol: Sample["protocol"], lines: HeaderLine[] = []): Promise<Sample> {
    const planned = casesOf(this.#sampled).find((each) => each.protocol === protocol && each.path === "/ws")!;
    return sample(planned, { ...this.#sampled, port: this.edge.ports[edge] }, lines);
  }

  /** Stamp that an edge answers a request with. */
  async stamp(edge: "public" | "preview", lines: HeaderLine[] = []): Promise<string> {
    const { stamp, ...rest } = await this.met(edge, "http", lines);
    expect(stamp, JSON.stringify(rest)).toMatch(/^[0-9a-f]{64}$/);
    return stamp!;
  }

  /** Stamps that users have met since a time, in the order in which they came. */
  stampsSince(from: number, until = Number.POSITIVE_INFINITY): string[] {
    return this.#samples()
      .filter(({ at }) => at >= from && at < until)
      .flatMap(({ stamp }) => stamp ?? []);
  }

  /** How sockets ended that were to stay open. */
  cuts(): string[] {
    return this.#sockets!.sockets.flatMap(({ end }) => end() ?? []);
  }

  /** Ends the users, and holds that each of them was served as the contract says, without a pause. */
  async expectWhole(): Promise<void> {
    await this.#sampler!.stop();
    const samples = this.#samples();
    expect(samples.filter(({ broken }) => broken.length > 0).map(wordsOf)).toEqual([]);
    const gaps = samples.slice(1).map(({ at }, index) => at - samples[index]!.at);
    expect(Math.max(...gaps), `${samples.length} samples, ${this.#sampler!.skipped()} left out`).toBeLessThan(5000);
  }

  /** Revisions of the backend that answered under a stamp. */
  backendsUnder(stamp: string): string[] {
    const answered = this.#samples().filter((each) => each.stamp === stamp);
    return [...new Set(answered.flatMap(({ revision }) => revision ?? []))].filter((name) =>
      name.includes("-backend-"),
    );
  }

  async close(): Promise<void> {
    await this.#sampler?.stop();
    await this.#sockets?.close();
    await this.edge.close();
  }

  #samples(): Sample[] {
    return [...this.#sampler!.samples].sort((one, other) => one.at - other.at);
  }
}

const wordsOf = ({ at, id, status, refusal, broken }: Sample): string =>
  `${new Date(at).toISOString()} ${id}: ${status} ${refusal} ${broken[0]}`;
