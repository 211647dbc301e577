import { randomBytes } from "node:crypto";
import { CONTROL_PREFIX } from "../../contract/limit-checks.ts";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import { STAMP_HEADER } from "../../contract/stamp.ts";
import { timeLimit } from "../../http/time-limit.ts";
import { valuesOf } from "../../http/header-list.ts";
import type { Attempt } from "../facts/case.ts";
import type { ProbeFailure } from "../facts/observation.ts";
import type { EdgeAt } from "../facts/target.ts";
import { probeHttp } from "../probers/http.ts";
import { redact } from "../probers/redact.ts";
import { endpointAt } from "../targets/live.ts";
import { dressed } from "../targets/transport.ts";

/** How far a request came that was not answered. */
export type UnreadyPhase = "dns" | "connect" | "tls" | "http";

/** What one request saw: who says to be there, or why nobody did. */
export type Reading =
  | { readonly stamp: string | null; readonly status: number }
  | { readonly phase: UnreadyPhase; readonly detail: string; readonly wasCut: boolean };

/** Longest time for one answer, in milliseconds: an edge that takes longer is not there. */
const READING_MS = 10_000;

const NOWHERE = { file: "", line: 0, column: 0 };

/**
 * One GET on a connection of its own, its TLS verified, for a path that nobody has asked for: neither a cache nor a front
 * end that an earlier connection stuck to can answer from memory. Whatever the service answers, the map adds its stamp.
 */
export async function readStamp(edge: EdgeAt, host: string, signal: AbortSignal): Promise<Reading> {
  const limit = timeLimit(signal, READING_MS);
  try {
    const endpoint = dressed(endpointAt(host, edge), edge.transport ?? {});
    const { response, failure } = await probeHttp(request(edge, host), endpoint, limit.signal);
    const clean = (text: string): string => redact(text, secretsOf(edge));
    // A body that breaks off changes nothing of the head.
    if (response !== undefined) {
      const stamp = clean(valuesOf(response.headers, STAMP_HEADER).join(", "));
      return { stamp: stamp === "" ? null : stamp, status: response.status };
    }
    const { phase, detail } = unready(failure);
    return { phase, detail: clean(detail), wasCut: signal.aborted };
  } finally {
    limit.release();
  }
}

function request(edge: EdgeAt, host: string): Attempt {
  const nonce = randomBytes(8).toString("hex");
  const path = `${CONTROL_PREFIX}${nonce}`;
  return {
    case: {
      id: `stamp ${edge.env} ${host}`,
      env: edge.env,
      route: "stamp",
      routeAt: NOWHERE,
      host,
      form: path,
      formAt: NOWHERE,
      path,
      protocol: "http",
      client: "native",
      service: "",
      headers: [],
      skipped: [],
    },
    nonce,
    target: path,
    lines: edge.token === undefined ? [] : [[PREVIEW_HEADER, edge.token]],
    canaries: {},
    credentials: [],
    secrets: secretsOf(edge),
  };
}

function secretsOf({ token }: EdgeAt): string[] {
  return token === undefined ? [] : [token];
}

function unready(failure: ProbeFailure | undefined): { readonly phase: UnreadyPhase; readonly detail: string } {
  const { phase, during, message } = failure ?? { phase: "response", message: "there was no answer" };
  if (phase === "tls" || phase === "tls-name" || during === "tls") return { phase: "tls", detail: message };
  if (during === "dns") return { phase: "dns", detail: message };
  return { phase: during === "tcp" || during === "proxy" ? "connect" : "http", detail: message };
}
