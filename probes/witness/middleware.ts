import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import type { WitnessReport } from "../../contract/probe-protocol.ts";
import { GOING_AWAY, converse } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import { OPCODE, serverFrame } from "./frames.ts";
import { handshakeProblem, refuseUpgrade, switching } from "./handshake.ts";
import { LIMITS } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { testimony, whyClosed } from "./testimony.ts";
import type { Hearing, TestimonyOptions } from "./testimony.ts";

export type { Limits } from "./limits.ts";

export interface MiddlewareOptions extends TestimonyOptions {
  /** Subprotocols that it selects when they are offered, in order of preference; it never selects another. */
  readonly subprotocols?: readonly string[];
  /** Defaults: 65,536 nonces, 1000 sockets, an hour for each, pinged after 30 seconds of silence. */
  readonly limits?: Partial<Limits>;
}

/** Of the package `ws`: what the witness takes its place in front of. */
export interface UpgradeHandler {
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, callback: never) => void;
}

export interface Middleware {
  /** Answers a signed probe and gives true; leaves every other request untouched and gives false. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Answers a signed upgrade with 101 and the report and gives true; leaves every other untouched and gives false. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Answers signed probes before any listener of the server, whichever was added first. */
  readonly attach: (server: Server | SecureServer) => void;
  /** A handler for Express, Connect and alike. */
  readonly express: () => (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** Answers signed upgrades where the application calls `handleUpgrade` of its `WebSocketServer`, behind its own checks. */
  readonly ws: (server: UpgradeHandler) => void;
  /** Why it answers nobody, for the application to say; undefined: it is open to whoever signs. */
  readonly closed: string | undefined;
  /** Ends its sockets with Close 1001 and opens no more; done after a second at the latest. */
  readonly close: () => Promise<void>;
}

const FULL = "the witness remembers as many nonces as it can and takes no other until one has run out\n";

/**
 * The witness inside an application: says what arrived, on the guarded route itself, to whoever signs. Depends on nothing
 * but Node, never throws, and writes to no log.
 */
export function witness(options: MiddlewareOptions): Middleware {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const hear = testimony(options, limits.maxNonces);
  const sockets = socketRoom(limits);
  const handle: Middleware["handle"] = (request, response) => {
    if (response.headersSent || response.writableEnded) return false;
    const hearing = hear(request);
    if (hearing.kind !== "stranger") answer(response, hearing);
    return hearing.kind !== "stranger";
  };
  const upgrade: Middleware["upgrade"] = (request, socket, head) => {
    const hearing = hear(request);
    if (hearing.kind === "full") refuseUpgrade(socket, { status: 503, body: FULL });
    if (hearing.kind === "heard") {
      const problem = handshakeProblem(request);
      if (problem !== undefined) refuseUpgrade(socket, problem);
      else sockets.open(socket, openingOf(request, hearing.report, options.subprotocols ?? []), head);
    }
    return hearing.kind !== "stranger";
  };
  return {
    handle,
    upgrade,
    attach: (server) => intercept(server, handle, upgrade),
    express: () => (request, response, next) => {
      if (!handle(request, response)) next();
    },
    ws: (server) => {
      const own = server.handleUpgrade;
      server.handleUpgrade = (request, socket, head, callback) => {
        if (!upgrade(request, socket, head)) own.call(server, request, socket, head, callback);
      };
    },
    closed: whyClosed(options.key),
    close: sockets.close,
  };
}

function answer(response: ServerResponse, hearing: Exclude<Hearing, { kind: "stranger" }>): void {
  const isHeard = hearing.kind === "heard";
  const body = isHeard ? JSON.stringify(hearing.report) : FULL;
  response.writeHead(isHeard ? 200 : 503, {
    "content-type": isHeard ? "application/json" : "text/plain",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** The 101 and the report, in one piece: the report is the first message. */
function openingOf(request: IncomingMessage, report: WitnessReport, subprotocols: readonly string[]): Buffer {
  const message = serverFrame(OPCODE.text, Buffer.from(JSON.stringify(report)));
  return Buffer.concat([switching(request, subprotocols), message]);
}

/**
 * Takes its place before all listeners, those that come later too: a listener of its own would run beside the
 * application's, and both would answer. No `upgrade` listener is added: with one, Node would hand upgrades to it that an
 * application without WebSockets answers as plain requests.
 */
function intercept(server: Server | SecureServer, handle: Middleware["handle"], upgrade: Middleware["upgrade"]): void {
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === "request" && handle(...(args as Parameters<typeof handle>))) return true;
    if (event === "upgrade" && upgrade(...(args as Parameters<typeof upgrade>))) return true;
    return emit(event, ...args);
  };
}

interface SocketRoom {
  readonly open: (socket: Duplex, opening: Buffer, early: Buffer) => void;
  readonly close: () => Promise<void>;
}

function socketRoom(limits: Limits): SocketRoom {
  const conversations = new Map<Duplex, Conversation>();
  let isClosed = false;
  return {
    open: (socket, opening, early) => {
      // A client that has gone already says so no more.
      if (socket.destroyed) return;
      if (isClosed || conversations.size >= limits.maxSockets) {
        const body = isClosed ? "the witness is going away\n" : `the witness holds ${limits.maxSockets} sockets\n`;
        return refuseUpgrade(socket, { status: 503, body });
      }
      socket.once("close", () => conversations.delete(socket));
      conversations.set(socket, converse(socket, opening, early, limits));
    },
    close: async () => {
      isClosed = true;
      const gone = [...conversations.keys()].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const conversation of conversations.values()) conversation.close(GOING_AWAY, "the witness is going away");
      await Promise.all(gone);
    },
  };
}
