import { isIP } from "node:net";
import type { Socket } from "node:net";
import type { HeaderList } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Moment, Observation, ProbeFailure, ProberName } from "../facts/observation.ts";
import { openTapped } from "./connect.ts";
import { failureOf } from "./failure.ts";
import { unsentNames } from "./meant.ts";
import type { WireTap } from "./wire-tap.ts";

/** One attempt's connection and what is recorded of it. */
export interface Recording {
  /** Opens the attempt's one connection, tapped. */
  readonly open: () => Socket;
  /** Stamps a moment; only the first time counts. */
  readonly mark: (moment: Moment) => void;
  /** Header lines that have left the client so far. */
  readonly sent: () => HeaderList | undefined;
  /** What an error means at the point that the attempt has come to. */
  readonly failure: (error: unknown, signal: AbortSignal) => ProbeFailure;
  /** Ends the connection, whatever state it is in, and gives the observation. */
  readonly conclude: (seen: Partial<Observation>) => Observation;
}

/** Opens a connection and taps what is written to it. */
export type Opener = (endpoint: Endpoint, mark: (moment: Moment) => void) => { socket: Socket; tap: WireTap };

/** Starts the clock of an attempt. Moments count from the connect call. `openSocket` is another way to connect than HTTP/1.1. */
export function startRecording(
  attempt: Attempt,
  endpoint: Endpoint,
  prober: ProberName,
  openSocket: Opener = openTapped,
): Recording {
  const startedAt = performance.now();
  const clock = startClock(endpoint);
  let opened: { socket: Socket; tap: WireTap } | undefined;
  // What a library writes before the handshake is done never leaves the client if the handshake fails.
  const sentHead = () => (clock.isReady() ? opened?.tap.sentHead() : undefined);
  return {
    open: () => {
      clock.start();
      opened = openSocket(endpoint, clock.mark);
      // Ending a connection that is in use is reported as an error, after everything has been recorded.
      opened.socket.on("error", () => undefined);
      return opened.socket;
    },
    mark: clock.mark,
    sent: () => sentHead()?.headers,
    failure: (error, signal) => failureOf(error, signal, clock.awaited(attempt.case.protocol)),
    conclude: (seen) => {
      opened?.socket.destroy();
      const sent = sentHead()?.headers;
      const timings = clock.timings();
      const failure = seen.failure ?? (timings.sent === undefined ? undefined : notAsMeant(attempt, sent ?? []));
      return {
        caseId: attempt.case.id,
        prober,
        secure: endpoint.scheme === "https",
        ...(sent !== undefined && { sent }),
        timings,
        durationMs: performance.now() - startedAt,
        ...seen,
        ...(failure !== undefined && { failure }),
      };
    },
  };
}

/** A request that lacks what it was to carry proves nothing, whatever came back. Names only: values are secrets. */
function notAsMeant(attempt: Attempt, sent: HeaderList): ProbeFailure | undefined {
  const names = unsentNames(attempt.lines, sent);
  if (names.length === 0) return undefined;
  return { phase: "send", message: `the client did not put the planned ${names.join(", ")} on the wire` };
}

interface Clock {
  readonly start: () => void;
  readonly mark: (moment: Moment) => void;
  /** True once what is written leaves the client. */
  readonly isReady: () => boolean;
  /** The first moment, in the order of this attempt, that has not come. */
  readonly awaited: (protocol: Attempt["case"]["protocol"]) => Moment;
  readonly timings: () => Partial<Record<Moment, number>>;
}

function startClock(endpoint: Endpoint): Clock {
  const timings: Partial<Record<Moment, number>> = {};
  let from = performance.now();
  const ready = endpoint.scheme === "http" ? "tcp" : "tls";
  let isWritten = false;
  const stamp = (moment: Moment): void => void (timings[moment] ??= performance.now() - from);
  return {
    start: () => void (from = performance.now()),
    mark: (moment) => {
      // A library may write before there is a connection: the request is sent when it can leave.
      if (moment === "sent") isWritten = true;
      if (moment !== "sent" || timings[ready] !== undefined) stamp(moment);
      if (moment === ready && isWritten) stamp("sent");
    },
    isReady: () => timings[ready] !== undefined,
    awaited: (protocol) => {
      const after: Moment[] = protocol === "http" ? ["body"] : ["upgrade", "firstMessage"];
      return [...momentsBefore(endpoint), ...after].find((moment) => timings[moment] === undefined) ?? "close";
    },
    timings: () => timings,
  };
}

/** The moments of every attempt on an endpoint, up to the head of the answer. */
function momentsBefore({ scheme, address, proxy }: Endpoint): Moment[] {
  return [
    ...(isIP(proxy?.address ?? address) === 0 ? (["dns"] as const) : []),
    "tcp",
    ...(proxy !== undefined && scheme === "https" ? (["proxy"] as const) : []),
    ...(scheme === "https" ? (["tls"] as const) : []),
    "sent",
    "firstByte",
    "head",
  ];
}
