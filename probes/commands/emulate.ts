import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { witnessKey } from "./witness-key.ts";
import { ListenError, startEmulator } from "../emulator/start.ts";
import type { BackendAddress, Emulator } from "../emulator/start.ts";
import type { AccessRecord } from "../facts/trace.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { renderAccessJson, renderAccessText } from "../report/trace-log.ts";
import { startWitness } from "../witness/start.ts";
import type { Witness } from "../witness/start.ts";
import { standInsFor } from "./backends.ts";
import type { StandIn } from "./backends.ts";
import { DEFAULT_SOURCE, assumptionsOf, chooseEdge, clientAddressOf, readEdges } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { welcome } from "./emulate-welcome.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";
import { watchFiles } from "./watch-files.ts";

export interface EmulateOptions extends SourceChoice {
  readonly backend?: readonly string[];
  readonly port: number;
  readonly httpPort: number;
  readonly host: string;
  readonly tls?: boolean;
  readonly caOut?: string;
  readonly env?: string;
  readonly edge?: string;
  readonly watch?: boolean;
  readonly assume?: readonly string[];
  readonly clientAddress?: string;
  /** Seconds that a backend has to answer. */
  readonly timeout: number;
  readonly log?: string;
  readonly logFormat: "text" | "json";
}

/** Longest time that requests have to finish when a person ends it, in milliseconds. */
const LEAVE_MS = 1_500;

/**
 * Serves the edge of a configuration on this machine until it is asked to end. Gives 0.
 * @throws UsageError, also for a port that cannot be had; ConfigurationError
 */
export async function emulate(
  source: string = DEFAULT_SOURCE,
  options: EmulateOptions,
  context: CommandContext,
): Promise<number> {
  const { signal } = context;
  const assumptions = assumptionsOf(options.assume);
  const clientAddress = clientAddressOf(options.clientAddress);
  const { env, edge } = options;
  const looked = new Set<string>();
  const read = async (): Promise<EdgeSource> =>
    readEdges(source, { ...sourceOptions(options), onLook: (path) => void looked.add(path) });
  const edges = await read();
  for (const warning of edges.warnings) context.stderr(`headgate: warning: ${warning}\n`);
  const model = chooseEdge(edges, {
    ...(env !== undefined && { env }),
    ...(edge !== undefined && { edge }),
  });
  if (model.listeners.length === 0) throw new UsageError(`${model.name} has no listener: there is nothing to serve`);
  const standIns = standInsFor(model, options.backend);
  const log = logOf(options, context);
  const witnesses = await witnessesFor(standIns, context);
  const backends = { ...backendsOf(standIns), ...witnesses.backends };
  const emulator = await listen(model, options, {
    backends,
    assumptions,
    ...(clientAddress !== undefined && { clientAddress }),
    missingBackend: (service) => missing(service, standIns),
    onAccess: log,
  }).catch(async (cause: unknown) => {
    await witnesses.close();
    throw cause;
  });
  if (options.caOut !== undefined) writeCa(options.caOut, emulator, context);
  context.stdout(
    welcome({ source, model, standIns, hasWitness: witnesses.count > 0, emulator, options, ...pinOf(emulator) }),
  );
  const watching = options.watch === true ? follow({ source, read, looked }, model, emulator, context) : undefined;
  if (!signal.aborted) await once(signal, "abort");
  watching?.close();
  await emulator.stop(LEAVE_MS);
  await witnesses.close();
  return 0;
}

type Settings = Omit<Parameters<typeof startEmulator>[1], "host" | "ports" | "tls">;

async function listen(model: EdgeModel, options: EmulateOptions, settings: Settings): Promise<Emulator> {
  const { host, port, httpPort, tls, timeout } = options;
  try {
    return await startEmulator(model, {
      ...settings,
      host,
      tls,
      ports: { https: port, http: httpPort },
      forBrowsers: true,
      forgivesOwnPort: true,
      limits: { answerMs: timeout * 1000 },
    });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const [option, wanted] =
      error.scheme === "https" ? (["--port", port] as const) : (["--http-port", httpPort] as const);
    throw new UsageError(`cannot listen on ${host}:${wanted}: ${advice(error.code, option)}`);
  }
}

function advice(code: string, option: string): string {
  if (code === "EADDRINUSE") return `the port is in use; choose another with ${option}, or ${option} 0 for a free one`;
  if (code === "EACCES") return `the port needs rights that this process lacks; choose one from 1024 on with ${option}`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return "this machine has no such address; choose another with --host";
  return code;
}

function backendsOf(standIns: readonly StandIn[]): Record<string, BackendAddress> {
  return Object.fromEntries(
    standIns.flatMap(({ service, backend }) => (backend === undefined ? [] : [[service.address, backend] as const])),
  );
}

function missing(address: string, standIns: readonly StandIn[]): string {
  const name = standIns.find(({ service }) => service.address === address)?.name ?? address;
  return `no backend is given for ${address}: start with --backend ${name}=http://HOST:PORT, or set HEADGATE_KEY for the built-in witness`;
}

interface Witnesses {
  readonly backends: Readonly<Record<string, BackendAddress>>;
  readonly count: number;
  readonly close: () => Promise<void>;
}

/** With a key, a witness answers signed probes for each service that nothing else stands in for. */
async function witnessesFor(standIns: readonly StandIn[], { env }: CommandContext): Promise<Witnesses> {
  const isOpen = (env["HEADGATE_KEY"] ?? "") !== "";
  const key = isOpen ? witnessKey(env, "draw a longer one (openssl rand -hex 32)") : "";
  const open = key === "" ? [] : standIns.filter(({ backend }) => backend === undefined);
  const started = await Promise.all(
    open.map(async ({ service, name }): Promise<[string, Witness]> => [
      service.address,
      await startWitness({ service: name, key }),
    ]),
  );
  return {
    backends: Object.fromEntries(started.map(([address, { port }]) => [address, { host: "127.0.0.1", port }])),
    count: started.length,
    close: async () => void (await Promise.all(started.map(([, each]) => each.close()))),
  };
}

/** Where the access log goes; a file is opened at once, so that one that cannot be written ends the start. */
function logOf({ log, logFormat }: EmulateOptions, context: CommandContext): (record: AccessRecord) => void {
  const render = logFormat === "json" ? renderAccessJson : renderAccessText;
  if (log === undefined) return (record) => context.stderr(render(record));
  const file = resolve(context.cwd, log);
  const append = (text: string): void => {
    try {
      appendFileSync(file, text);
    } catch (cause) {
      throw new UsageError(`cannot write ${log}: ${(cause as Error).message}`);
    }
  };
  append("");
  return (record) => append(render(record));
}

function writeCa(file: string, { ca }: Emulator, { cwd }: CommandContext): void {
  if (ca === undefined) throw new UsageError("--ca-out: without TLS there is no certificate authority");
  try {
    writeFileSync(resolve(cwd, file), ca);
  } catch (cause) {
    throw new UsageError(`cannot write ${file}: ${(cause as Error).message}`);
  }
}

/** SHA-256 of the public key, in base64: what Chromium can be told to accept. */
function pinOf({ certificate }: Emulator): { pin?: string } {
  if (certificate === undefined) return {};
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return { pin: createHash("sha256").update(key).digest("base64") };
}

interface Followed {
  /** As the user named it. */
  readonly source: string;
  readonly read: () => Promise<EdgeSource>;
  /** What any reading has looked at so far, of which a broken one may have seen more than the one that is served. */
  readonly looked: ReadonlySet<string>;
}

/** Serves what is written anew. What cannot be read, or has no such edge any more, is said, and the old model stays. */
function follow(
  { source, read, looked }: Followed,
  first: EdgeModel,
  emulator: Emulator,
  context: CommandContext,
): { close: () => void } {
  let { digest } = first;
  const say = (text: string): void => context.stderr(`headgate: ${text}\n`);
  const reread = async (): Promise<void> => {
    const next = chooseEdge(await read(), {
      env: first.name,
      ...(first.edge !== undefined && { edge: first.edge }),
    });
    if (next.digest === digest) return;
    await emulator.replaceModel(next);
    digest = next.digest;
    say(`${source} was read again: new requests meet the new configuration`);
    for (const scheme of newSchemes(first, next))
      say(
        `it has an ${scheme.toUpperCase()} listener now, which has no port here: ports are opened at the start alone, start again to reach it`,
      );
  };
  const look = (): void =>
    void reread().catch((cause: Error) => say(`${cause.message}\nheadgate: the configuration read before stays`));
  const watching = watchFiles(looked, look);
  // What was written since the first reading is no change to a watch that begins now.
  look();
  return watching;
}

/** Schemes of listeners that were not there at the start. */
function newSchemes(first: EdgeModel, { listeners }: EdgeModel): string[] {
  const schemes = [...new Set(listeners.map(({ scheme }) => scheme))];
  return schemes.filter((scheme) => first.listeners.every((listener) => listener.scheme !== scheme));
}
