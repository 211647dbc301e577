import type { Socket } from "node:net";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { openTapped } from "./connect.ts";
import type { WireTap } from "./wire-tap.ts";

/** One attempt's connection and what is recorded of it. */
export interface Recording {
  /** Opens the attempt's one connection, tapped. */
  readonly open: () => Socket;
  /** Ends the connection, whatever state it is in, and gives the observation. */
  readonly conclude: (seen: Partial<Observation>) => Observation;
}

/** Starts the clock of an attempt. */
export function startRecording(attempt: Attempt, endpoint: Endpoint): Recording {
  const startedAt = performance.now();
  let opened: { socket: Socket; tap: WireTap } | undefined;
  // What a library writes before the handshake is done never leaves the client if the handshake fails.
  let isReady = endpoint.scheme === "http";
  return {
    open: () => {
      opened = openTapped(endpoint);
      opened.socket.once("secureConnect", () => (isReady = true));
      return opened.socket;
    },
    conclude: (seen) => {
      opened?.socket.destroy();
      const sent = isReady ? opened?.tap.sentHead()?.headers : undefined;
      return {
        caseId: attempt.case.id,
        secure: endpoint.scheme === "https",
        ...(sent !== undefined && { sent }),
        durationMs: performance.now() - startedAt,
        ...seen,
      };
    },
  };
}
