import type { HeaderLine } from "../../http/header-list.ts";
import { SIGNATURE_QUERY, sign } from "../../contract/probe-protocol.ts";
import type { Attempt, Case, Endpoint } from "../../probes/facts/case.ts";
import { HOST } from "./edge-fixture.ts";

export const KEY = "key-of-the-tests";
const AT = { file: "headgate.yaml", line: 1, column: 1 };

let drawn = 0;

/**
 * A signature that opens a witness with {@link KEY}, once: good for a minute, its nonce drawn anew, unless told
 * otherwise.
 */
export function signature(more: { nonce?: string; expiresAt?: number; key?: string } = {}): string {
  const { nonce = `drawn-${drawn++}`, expiresAt = Date.now() + 60_000, key = KEY } = more;
  return sign({ environment: "staging", route: "api/ws", nonce, expiresAt }, key);
}

/** A target that opens a witness. */
export function signedTarget(path = "/ws", nonce?: string): string {
  return `${path}?${SIGNATURE_QUERY}=${signature(nonce === undefined ? {} : { nonce })}`;
}

export function plannedCase(protocol: Case["protocol"], more: Partial<Case> = {}): Case {
  return {
    id: `case-${protocol}`,
    env: "staging",
    route: "api/ws",
    routeAt: AT,
    host: HOST,
    form: "/ws",
    formAt: AT,
    path: "/ws",
    protocol,
    client: "native",
    service: "backend",
    headers: [],
    skipped: [],
    ...more,
  };
}

/** An attempt that sends these lines, with the nonce `nonce-1`: a second one to the same witness needs another target. */
export function attemptOf(
  protocol: Case["protocol"],
  lines: readonly HeaderLine[] = [],
  more: Partial<Attempt> = {},
): Attempt {
  return {
    case: plannedCase(protocol),
    nonce: "nonce-1",
    target: signedTarget("/ws", "nonce-1"),
    lines,
    canaries: {},
    credentials: [],
    secrets: [],
    ...more,
  };
}

/** Where a server of the test listens, asked for by the name of the small edge. */
export function endpointAt(port: number, more: Partial<Endpoint> = {}): Endpoint {
  return { scheme: "http", address: "127.0.0.1", port, host: HOST, ...more };
}

/** Ends an attempt that does not end by itself. */
export const deadline = (ms = 20_000): AbortSignal => AbortSignal.timeout(ms);
