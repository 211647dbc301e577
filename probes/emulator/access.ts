import { firstValue } from "../../http/header-list.ts";
import type { AccessRecord, EdgeRequest, HeaderChange, Trace, TracedHeader } from "../facts/trace.ts";

/** A request whose answer is known. */
export interface Answered {
  readonly at: number;
  readonly request: EdgeRequest;
  readonly trace: Trace;
  readonly status: number | undefined;
  readonly websocket: boolean;
  readonly durationMs: number;
  readonly note?: string;
}

/** What the access log says of a request: names and places, never a value and never a query. */
export function accessRecord({ request, trace, status, note, ...rest }: Answered): AccessRecord {
  return {
    ...rest,
    scheme: request.scheme,
    method: request.method,
    host: firstValue(request.headers, "host") ?? "",
    path: request.target.replace(/[?#].*$/s, ""),
    ...(status !== undefined && { status }),
    outcome: trace.outcome,
    ...(trace.matchedBy !== undefined && { route: trace.matchedBy }),
    ...(trace.backend !== undefined && { backend: trace.backend }),
    ...(trace.service !== undefined && { service: trace.service }),
    changes: trace.forward === undefined ? [] : trace.headers.flatMap(changeOf),
    ...(note !== undefined && { note }),
  };
}

/** Stages at which a configuration writes headers of its own. */
const CONFIGURED = ["armor", "url-map", "backend"];

/** What every request gets of the edge, such as `Via`, is no news; what the configuration adds is. */
function changeOf({ name, state, by }: TracedHeader): HeaderChange[] {
  const last = by.at(-1);
  if (state === "same" || state === "absent") return [];
  if (state === "added" && (last === undefined || !CONFIGURED.includes(last.stage))) return [];
  return [{ name, state, ...(last !== undefined && { by: last }) }];
}
