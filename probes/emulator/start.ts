import type { Socket } from "node:net";
import type { AccessRecord } from "../facts/trace.ts";
import type { Assumptions } from "../model/assumptions.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import type { ThrowAwayAuthority, ThrowAwayCertificate } from "./certificate.ts";
import { serveConnection } from "./connection.ts";
import type { Edge } from "./connection.ts";
import { LIMITS } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { listen } from "./listen.ts";
import type { Listening } from "./listen.ts";
import { traceIds } from "./trace-ids.ts";
import type { BackendAddress } from "./upstream.ts";

export { ListenError } from "./listen.ts";
export type { Limits } from "./limits.ts";
export type { BackendAddress } from "./upstream.ts";

export interface EmulatorOptions {
  /**
   * Terraform address of a Cloud Run service → where its stand-in listens. The address of a backend service comes before
   * it: two generations of one service may stand behind a backend service each.
   */
  readonly backends: Readonly<Record<string, BackendAddress>>;
  /** False serves the HTTPS listener in clear text. Default true: a throw-away EC certificate for the declared names. */
  readonly tls?: boolean;
  /** True: the certificate names `localhost` too, and an authority of its own signs it, as browsers want it. */
  readonly forBrowsers?: boolean;
  /** Signs the certificate, so that clients trust several emulators by one authority. Default: one of its own. */
  readonly authority?: ThrowAwayAuthority;
  /** Where to listen. Default: free ports on 127.0.0.1. */
  readonly host?: string;
  readonly ports?: Readonly<Partial<Record<Scheme, number>>>;
  /** Seed of what the edge draws at random, such as trace ids: the same seed gives the same run. Default 1. */
  readonly seed?: number;
  /** Values for open questions, by name. */
  readonly assumptions?: Assumptions;
  /** Address that every client has, in place of the loopback address it comes from. */
  readonly clientAddress?: string;
  /** True: a `Host` that names the port that the edge listens on here counts as one that names none. Default false. */
  readonly forgivesOwnPort?: boolean;
  readonly limits?: Partial<Limits>;
  /** What a client is told of a service that has no backend. */
  readonly missingBackend?: (service: string) => string;
  /** Told of every request, once it is answered; of an upgrade, once it is accepted. */
  readonly onAccess?: (record: AccessRecord) => void;
}

type Scheme = "http" | "https";

export interface Emulator {
  /** Port of each listener that the configuration has. */
  readonly ports: Readonly<Partial<Record<Scheme, number>>>;
  /** PEM of the authority that clients must trust; undefined without TLS. */
  readonly ca: string | undefined;
  /** PEM of the certificate that is shown; undefined without TLS. */
  readonly certificate: string | undefined;
  /** Requests whose head was read, upgrades among them. */
  readonly seen: { requests: number; upgrades: number };
  /** Serves the next requests by another model; what is under way keeps the old one. */
  readonly replaceModel: (model: EdgeModel) => Promise<void>;
  /** Ends everything at once. */
  readonly close: () => Promise<void>;
  /** Says Close 1001 to both sides of open sockets, lets requests finish, and ends what is left after `withinMs`. */
  readonly stop: (withinMs: number) => Promise<void>;
}

/**
 * Serves the modelled edge: HTTP/1.1 and WebSocket upgrades, driven by the model alone. Request heads are parsed here,
 * because Node's own server refuses or alters some that the edge lets pass.
 * @throws ListenError when a port cannot be had.
 */
export async function startEmulator(model: EdgeModel, options: EmulatorOptions): Promise<Emulator> {
  const edge = edgeOf(model, options);
  const identity = await identityFor(model, options);
  const doors: Listening[] = [];
  const close = async (): Promise<void> => {
    const closed = doors.map((door) => door.close());
    for (const socket of transportsOf(doors)) socket.destroy();
    await Promise.all(closed);
  };
  const ports: Partial<Record<Scheme, number>> = {};
  try {
    for (const scheme of schemesOf(model)) {
      const accept = (socket: Socket, below: Socket): void => void serveConnection(socket, below, scheme, edge);
      const at = { scheme, host: options.host ?? "127.0.0.1", port: options.ports?.[scheme] ?? 0 };
      const certificate = scheme === "https" ? identity?.shown : undefined;
      const door = await listen({ ...at, certificate, accept });
      doors.push(door);
      ports[scheme] = door.port;
    }
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    ports,
    ca: identity?.authority,
    certificate: identity?.shown.certificate,
    seen: edge.seen,
    replaceModel: async (next) => {
      const certificate = await identity?.reissue?.(namesOf(next, options));
      if (certificate !== undefined) for (const door of doors) door.useCertificate(certificate);
      edge.model = next;
    },
    close,
    stop: (withinMs) => leave(edge, doors, withinMs),
  };
}

function edgeOf(model: EdgeModel, options: EmulatorOptions): Edge {
  return {
    model,
    isLeaving: false,
    seen: { requests: 0, upgrades: 0 },
    drawTraceId: traceIds(options.seed ?? 1),
    limits: { ...LIMITS, ...options.limits },
    backends: options.backends,
    assumptions: options.assumptions,
    clientAddress: options.clientAddress,
    forgivesOwnPort: options.forgivesOwnPort ?? false,
    missingBackend: options.missingBackend ?? ((service) => `no backend is given for ${service}`),
    onAccess: options.onAccess,
    busy: new Set(),
    tunnels: new Set(),
  };
}

interface Identity {
  readonly shown: ThrowAwayCertificate;
  /** What clients are told to trust. */
  readonly authority: string;
  readonly reissue?: ThrowAwayAuthority["issue"];
}

/** The library that makes certificates is large: it is loaded only where TLS is served. */
async function identityFor(model: EdgeModel, options: EmulatorOptions): Promise<Identity | undefined> {
  const names = namesOf(model, options);
  if (options.tls === false || names.length === 0) return undefined;
  const { throwAwayAuthority, throwAwayCertificateFor } = await import("./certificate.ts");
  if (options.forBrowsers !== true && options.authority === undefined) {
    const shown = await throwAwayCertificateFor(names);
    return { shown, authority: shown.certificate };
  }
  const authority = options.authority ?? (await throwAwayAuthority());
  return { shown: await authority.issue(names), authority: authority.certificate, reissue: authority.issue };
}

function namesOf({ listeners }: EdgeModel, { forBrowsers }: EmulatorOptions): string[] {
  const names = listeners.flatMap(({ certificateNames }) => certificateNames);
  return [...new Set([...names, ...(forBrowsers === true ? ["localhost"] : [])])];
}

/** Forwarding rules of one scheme, as for IPv4 and IPv6, are one listener for a client: the model speaks for all. */
function schemesOf({ listeners }: EdgeModel): Scheme[] {
  return [...new Set(listeners.map(({ scheme }) => scheme))];
}

function transportsOf(doors: readonly Listening[]): Socket[] {
  return doors.flatMap(({ transports }) => [...transports]);
}

async function leave(edge: Edge, doors: readonly Listening[], withinMs: number): Promise<void> {
  edge.isLeaving = true;
  const closed = Promise.all(doors.map((door) => door.close()));
  for (const tunnel of edge.tunnels) tunnel.goAway();
  for (const socket of transportsOf(doors)) if (!edge.busy.has(socket)) socket.destroy();
  const timer = setTimeout(() => {
    for (const socket of transportsOf(doors)) socket.destroy();
  }, withinMs);
  await closed;
  clearTimeout(timer);
}
