import type { Socket } from "node:net";
import { drawOf, traceIds } from "../../../probes/emulator/trace-ids.ts";
import type { Configuration, EdgeName } from "./configuration.ts";

interface Version {
  readonly configuration: Configuration;
  /** From when on no new connection gets it, in milliseconds since the epoch. */
  until: number;
  /** Connections that have it. */
  readonly open: Set<Socket>;
}

export interface Versions {
  /** Port of the configuration that a new connection meets; it keeps that one while it lasts. */
  readonly choose: (edge: EdgeName, socket: Socket) => number | undefined;
  /** What new connections get from now on; for another `mixMs` some of them still get what was there before. */
  readonly add: (configuration: Configuration, mixMs: number) => void;
  /** When the last old configuration is met no more, in milliseconds since the epoch. */
  readonly mixedUntil: () => number;
  readonly close: () => Promise<void>;
}

/**
 * Configurations of which several are served at a time, as by front ends that a change has not reached. Which one a new
 * connection gets is drawn from the seed.
 */
export function versions(seed: number): Versions {
  const all: Version[] = [];
  const draw = traceIds(seed);
  const retire = (): void => {
    for (const version of [...all])
      if (version.until <= Date.now() && version.open.size === 0) {
        all.splice(all.indexOf(version), 1);
        void version.configuration.close();
      }
  };
  return {
    choose: (edge, socket) => {
      const met = all.filter(({ until }) => until > Date.now());
      const version = met[Math.floor(drawOf(draw()) * met.length)];
      if (version === undefined) return undefined;
      version.open.add(socket);
      socket.once("close", () => version.open.delete(socket));
      return version.configuration.portOf(edge);
    },
    add: (configuration, mixMs) => {
      for (const version of all) version.until = Math.min(version.until, Date.now() + mixMs);
      all.push({ configuration, until: Number.POSITIVE_INFINITY, open: new Set() });
      retire();
    },
    mixedUntil: () => Math.max(0, ...all.slice(0, -1).map(({ until }) => until)),
    close: async () => {
      await Promise.all(all.map(({ configuration }) => configuration.close()));
    },
  };
}
