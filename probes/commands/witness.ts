import { once } from "node:events";
import { isToken } from "../../http/token.ts";
import { startWitness } from "../witness/start.ts";
import type { Witness, WitnessOptions } from "../witness/start.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { witnessKey } from "./witness-key.ts";

export interface WitnessVerbOptions {
  readonly port?: number;
  readonly host: string;
  readonly service?: string;
  readonly subprotocol?: readonly string[];
  readonly maxSockets: number;
  /** Seconds. */
  readonly lifetime: number;
  /** Seconds; 0: never. */
  readonly ping: number;
}

/** Cloud Run's own default, for a container that is told no port. */
const DEFAULT_PORT = 8080;
const DRAW_A_KEY =
  "the witness is opened by signatures with this key alone: draw one (openssl rand -hex 32), and give the same to `headgate probe --live`";

/**
 * Serves the witness until it is asked to end. Says one line when it listens, and nothing about requests.
 * @throws UsageError for a missing or short key, an unknown service, or an address where it cannot listen.
 */
export async function witness(options: WitnessVerbOptions, context: CommandContext): Promise<number> {
  const { signal } = context;
  const settings = settingsOf(options, context);
  const served = await listen(settings);
  const { service, revision, host = "" } = settings;
  context.stdout(
    `headgate witness of ${service}, revision ${revision}, listens on ${host.includes(":") ? `[${host}]` : host}:${served.port}\n`,
  );
  if (!signal.aborted) await once(signal, "abort");
  await served.stop();
  return 0;
}

function settingsOf(options: WitnessVerbOptions, { env }: CommandContext): WitnessOptions {
  const { host, subprotocol: subprotocols = [], maxSockets, lifetime, ping } = options;
  const malformed = subprotocols.find((name) => !isToken(name));
  if (malformed !== undefined) throw new UsageError(`--subprotocol ${malformed} is no name of a subprotocol`);
  return {
    key: witnessKey(env, DRAW_A_KEY),
    service: serviceOf(options, env),
    revision: given(env["K_REVISION"]) ?? "unknown",
    host,
    port: options.port ?? portOf(given(env["PORT"])),
    subprotocols,
    limits: { maxSockets, lifetimeMs: lifetime * 1000, silenceMs: ping * 1000 },
  };
}

function serviceOf({ service }: WitnessVerbOptions, env: CommandContext["env"]): string {
  const name = given(service) ?? given(env["HEADGATE_SERVICE"]) ?? given(env["K_SERVICE"]);
  if (name !== undefined) return name;
  throw new UsageError(
    "which service of the contract does it stand for? say --service NAME, or set HEADGATE_SERVICE (Cloud Run sets K_SERVICE)",
  );
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= 65_535) return port;
  throw new UsageError(`PORT is ${text}, which is no port; set 0 to 65535, or say --port N`);
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use; choose another with --port, or 0 for a free one",
  EACCES: "the port needs rights that this process lacks; choose one from 1024 on",
  EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
  ENOTFOUND: "there is no host of that name; give an address with --host",
};

async function listen(settings: WitnessOptions): Promise<Witness> {
  try {
    return await startWitness(settings);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `cannot listen on ${settings.host}:${settings.port}: ${CANNOT_LISTEN[code] ?? (code === "" ? message : code)}`,
    );
  }
}
