import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { throwAwayAuthority } from "../../../probes/emulator/certificate.ts";
import { emptyCloud } from "../stand-in-google/cloud.ts";
import type { Cloud } from "../stand-in-google/cloud.ts";
import { backendRelays } from "./backend-relays.ts";
import { EDGES, serve } from "./configuration.ts";
import type { EdgeName } from "./configuration.ts";
import { noCertificate } from "./no-certificate.ts";
import { startRelay } from "./relay.ts";
import { versions } from "./versions.ts";
import { watch } from "./watch.ts";
import { witnesses } from "./witnesses.ts";
import type { WitnessChoice } from "./witnesses.ts";

export interface CloudEdgeOptions {
  /** The stand-in's cloud: what it holds is served, whatever Terraform's state or a synthesized file says. */
  readonly cloudFile: string;
  readonly witnesses: WitnessChoice;
  /** Seed of which configuration a connection meets while a change spreads. Default 1. */
  readonly seed?: number;
  /** How long after a change of the balancer old and new configuration are met side by side. Default 0. */
  readonly mixMs?: number;
  /** Address that every client has. Default: the loopback it comes from. */
  readonly clientAddress?: string;
  /** When the certificates of an edge are issued, in milliseconds since the epoch. Default: as soon as they exist. */
  readonly readyAt?: Readonly<Partial<Record<EdgeName, number>>>;
}

export interface CloudEdge {
  /** Ports of the HTTPS listeners; the same for as long as it runs. */
  readonly ports: Readonly<Record<EdgeName, number>>;
  /** PEM of the one authority that signs for both edges, always. */
  readonly ca: string;
  /** Resolves once what the cloud holds is all that is met. @throws what kept it from being served. */
  readonly settled: () => Promise<void>;
  /** Lets the balancer hold something else than the cloud's interface says; undefined: no more. */
  readonly plant: (change: ((cloud: Cloud) => void) | undefined) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Google's edge on loopback: the load balancers that a cloud of the stand-in holds, with a witness in every service. */
export async function cloudEdge(options: CloudEdgeOptions): Promise<CloudEdge> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-edge-"));
  const authority = await throwAwayAuthority();
  const pool = witnesses(options.witnesses);
  const backends = backendRelays(pool);
  const met = versions(options.seed ?? 1);
  const follower = followCloud(options.mixMs ?? 0, async (cloud, mixMs) => {
    await backends.follow(cloud);
    const configuration = await serve(cloud, {
      authority,
      backends: backends.addresses(),
      stateFile: join(folder, "state.json"),
      ...(options.clientAddress !== undefined && { clientAddress: options.clientAddress }),
    });
    met.add(configuration, mixMs);
  });
  const bare = await noCertificate();
  const fronts = await Promise.all(
    EDGES.map((edge) =>
      startRelay((socket) => (Date.now() < (options.readyAt?.[edge] ?? 0) ? bare.port : met.choose(edge, socket))),
    ),
  );
  const watching = watch(options.cloudFile, follower.hear);
  const [front, preview] = fronts;
  return {
    ports: { public: front!.port, preview: preview!.port },
    ca: authority.certificate,
    settled: async () => {
      while (!follower.isAt(textOf(options.cloudFile)) || Date.now() < met.mixedUntil()) await delay(20);
    },
    plant: follower.plant,
    close: async () => {
      await watching.close();
      await Promise.all(fronts.map((each) => each.close()));
      await Promise.all([bare.close(), met.close(), backends.close(), pool.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Parts of the balancer, whose changes take their time to reach every front end. */
const SPREADING =
  /^google_(compute_(url_map|backend_service|global_forwarding_rule|target_\w+|security_policy)|certificate_manager_)/;

interface Follower {
  readonly hear: (text: string) => Promise<void>;
  /** Whether this text is what is served. @throws what kept a text from being served. */
  readonly isAt: (text: string) => boolean;
  readonly plant: CloudEdge["plant"];
}

/** Serves each text of the cloud's file, one after the other. */
function followCloud(mixMs: number, serveCloud: (cloud: Cloud, mixMs: number) => Promise<void>): Follower {
  let [heard, served, spread] = ["", "", ""];
  let planted: ((cloud: Cloud) => void) | undefined;
  let problem: Error | undefined;
  let work: Promise<void> = Promise.resolve();
  const next = (text: string): Promise<void> => {
    // One configuration that could not be served must not keep the next from it.
    work = work
      .catch(() => undefined)
      .then(async () => {
        const cloud = text === "" ? emptyCloud() : (JSON.parse(text) as Cloud);
        planted?.(cloud);
        const spreading = Object.entries(cloud.resources).filter(([key]) => SPREADING.test(key));
        const [all, balancer] = [JSON.stringify(cloud), JSON.stringify(spreading)];
        if (all !== served) await serveCloud(cloud, balancer === spread ? 0 : mixMs);
        [heard, served, spread] = [text, all, balancer];
        problem = undefined;
      });
    return work.catch((cause: unknown) => void (problem = cause as Error));
  };
  return {
    hear: next,
    isAt: (text) => {
      if (problem !== undefined) throw problem;
      return text === heard;
    },
    plant: (change) => {
      planted = change;
      return next(heard);
    },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw cause;
  }
}
