import { defineStaticRule, each, found } from "../define-rule.ts";
import type { Located } from "../define-rule.ts";
import { backendsOf, isOwn, isWanted } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { customHeaders } from "../reading.ts";
import type { CustomHeader } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

/** `Authorization` has a rule of its own. */
const CERTAIN = [...CREDENTIALS, ...HANDSHAKE, "origin"].filter((name) => name !== "authorization");

/** The one variable that copies a client's header writes what was there (fact V8). */
const OWN_ORIGIN = "{origin_request_header}";

export const backendOverwritesHandshakeHeader = defineStaticRule({
  id: "backend-overwrites-handshake-header",
  title: "a backend service writes over a header that a session or a handshake needs",
  severity: "error",
  found: "run",
  because:
    "A custom request header replaces the client's: with another key the handshake fails, with another cookie, origin or subprotocol every user is the same one.",
  fix: "Delete the entry: what a client sends passes by itself.",
  sources: ["V4", "H9"],
  remedy: deletesIt,
  check: (subject) =>
    each(customHeaders(subject.graph), (header) =>
      said(header).filter(
        () =>
          !isWanted(subject, header.name, ["set", "never"]) && isOwn(backendsOf(subject).get(header.backend.address)),
      ),
    ),
});

function said({ name, value, direction, backend, by }: CustomHeader): Located[] {
  const lower = name.toLowerCase();
  if (direction !== "request" || (lower === "origin" && value === OWN_ORIGIN)) return [];
  if (isOneOf(CERTAIN, lower)) return [found(by, `${backend.address} overwrites ${name} of every client`)];
  // Sources differ on whether `Host` is refused or written; without extensions a socket merely is not compressed.
  if (lower === "host" || (lower === "sec-websocket-extensions" && value !== ""))
    return [found(by, `${backend.address} writes ${name} in place of the client's`, { severity: "warning" })];
  return [];
}
