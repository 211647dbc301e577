import type { BackendAddress } from "../../../probes/emulator/start.ts";
import { all } from "../stand-in-google/cloud.ts";
import type { Cloud } from "../stand-in-google/cloud.ts";
import { startRelay } from "./relay.ts";
import type { Relay } from "./relay.ts";
import { servedBy } from "./served-revision.ts";
import { addressOf } from "./state.ts";
import type { Witnesses } from "./witnesses.ts";

export interface BackendRelays {
  /** Opens what is new, and cuts every connection through a backend service that is gone or answers no more. */
  readonly follow: (cloud: Cloud) => Promise<void>;
  /** Terraform address of every backend service that ever was → where it is reached. */
  readonly addresses: () => Readonly<Record<string, BackendAddress>>;
  readonly close: () => Promise<void>;
}

/**
 * A way to the witnesses for each backend service, which asks for each connection what the backend service leads to just
 * then. A balancer that still has an old configuration may thus ask for what is gone, and gets no answer.
 *
 * What becomes of open sockets when a backend service is deleted is not documented: they are cut at once here, the worst
 * that may happen, so that a deployment that deletes too early is seen to.
 */
export function backendRelays(witnesses: Witnesses): BackendRelays {
  const relays = new Map<string, { readonly address: string; readonly relay: Relay }>();
  let now: Cloud;
  const portFor = (id: string): Promise<number> | undefined => {
    const served = servedBy(now, id);
    return served === undefined ? undefined : witnesses.portOf(served);
  };
  return {
    follow: async (cloud) => {
      now = cloud;
      for (const stored of all(cloud, "google_compute_backend_service")) {
        const { id } = stored;
        if (relays.has(id)) continue;
        relays.set(id, { address: addressOf(stored), relay: await startRelay(() => portFor(id)) });
      }
      for (const [id, { relay }] of relays) if (servedBy(cloud, id) === undefined) relay.cut();
    },
    addresses: () =>
      Object.fromEntries(
        [...relays.values()].map(({ address, relay }) => [address, { host: "127.0.0.1", port: relay.port }]),
      ),
    close: async () => {
      await Promise.all([...relays.values()].map(({ relay }) => relay.close()));
    },
  };
}
