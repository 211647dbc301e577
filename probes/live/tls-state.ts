import { once } from "node:events";
import { timeLimit } from "../../http/time-limit.ts";
import type { Moment } from "../facts/observation.ts";
import type { EdgeAt } from "../facts/target.ts";
import { authorityOf } from "../probers/authority.ts";
import { openTapped } from "../probers/connect.ts";
import { PhaseError, harmless } from "../probers/failure.ts";
import { endpointAt } from "../targets/live.ts";
import { dressed } from "../targets/transport.ts";

/** `no-certificate-for-host`: one for other names, or none at all; `not-asked`: the edge is met without TLS. */
export type TlsState = "ok" | "no-certificate-for-host" | "untrusted" | "unreachable" | "timeout" | "not-asked";

export interface TlsFound {
  readonly state: TlsState;
  /** What to do about it; undefined for `ok`. */
  readonly detail?: string;
}

/** Longest time for one handshake, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** A certificate that is there and does not stand up to verification, as OpenSSL names it. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME|CRL/;

/** One handshake with the real name, its certificate verified; nothing is asked. */
export async function tlsOf(host: string, edge: Omit<EdgeAt, "stamp">, signal: AbortSignal): Promise<TlsFound> {
  const endpoint = dressed(endpointAt(host, edge), edge.transport ?? {});
  if (endpoint.scheme === "http") return { state: "not-asked" };
  const limit = timeLimit(signal, HANDSHAKE_MS);
  const came = new Set<Moment>();
  let socket: ReturnType<typeof openTapped>["socket"] | undefined;
  try {
    socket = openTapped(endpoint, (moment) => void came.add(moment)).socket.on("error", () => undefined);
    await once(socket, "secureConnect", { signal: limit.signal });
    return { state: "ok" };
  } catch (error) {
    const at = authorityOf(endpoint.address, endpoint.port);
    if (limit.signal.aborted)
      return { state: "timeout", detail: `${at} did not finish the TLS handshake for ${host} in time` };
    return refused(error, { host, at, isConnected: came.has("tcp") });
  } finally {
    socket?.destroy();
    limit.release();
  }
}

function refused(
  error: unknown,
  { host, at, isConnected }: { readonly host: string; readonly at: string; readonly isConnected: boolean },
): TlsFound {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const words = harmless(message);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return without(`${at} shows a certificate for other names than ${host}`);
  const phase = error instanceof PhaseError ? error.phase : undefined;
  if (phase === "tls") return { state: "untrusted", detail: `${host}: ${words}` };
  if (UNTRUSTED.test(code))
    return { state: "untrusted", detail: `the certificate that ${at} shows for ${host} is not trusted: ${words}` };
  if (!isConnected || phase === "proxy") return { state: "unreachable", detail: `${at} cannot be reached: ${words}` };
  // A front end without a certificate for the name breaks the handshake off, with an alert or without a word.
  return without(`${at} breaks the TLS handshake for ${host} off (${words})`);
}

function without(what: string): TlsFound {
  return {
    state: "no-certificate-for-host",
    detail: `${what}: wait until the certificate is issued and in use, for which a managed one needs its DNS records`,
  };
}
