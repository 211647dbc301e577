import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a stand-in for a service listens. */
export interface BackendAddress {
  readonly host: string;
  readonly port: number;
  /** True: TLS, verified against the authorities that Node trusts, under the name `host`. */
  readonly secure?: boolean;
}

/**
 * A connection to a backend.
 * @throws Error when it is refused, fails to be verified, or does not stand after `withinMs`.
 */
export async function connectUpstream({ host, port, secure }: BackendAddress, withinMs: number): Promise<Socket> {
  const socket = secure === true ? connectTls({ host, port, ...serverName(host) }) : connectTcp({ host, port });
  const late = (): void => void socket.destroy(new Error(`it took no connection for ${withinMs / 1000} s`));
  const timer = setTimeout(late, withinMs);
  socket.setNoDelay(true);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(secure === true ? "secureConnect" : "connect", resolve).on("error", reject);
    });
  } finally {
    clearTimeout(timer);
  }
  return socket;
}

/** RFC 6066 §3: an address is no server name. */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}
