import { sameName } from "../../../../http/header-list.ts";
import type { Backend, WrittenHeader } from "../../../model/edge-model.ts";
import { backendServices } from "../backends.ts";
import { declaredAs, headersOf } from "../declared.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

/** Told by rules of their own, with a contract or without one. */
const KNOWN = [...CREDENTIALS, ...HANDSHAKE, "origin", "host", "sec-websocket-extensions"];

export const backendOverwritesDeclaredHeader = defineStaticRule({
  id: "backend-overwrites-declared-header",
  title: "a backend service writes over a header that the contract wants from the client",
  severity: "error",
  found: "run",
  because: "A custom request header replaces the client's of that name, so that every client shows the same one.",
  fix: "Delete the entry, or declare the header with `arrives: { set: … }` where the edge is to write it.",
  sources: ["V4"],
  remedy: deletesIt,
  check: (subject) =>
    backendServices(subject).flatMap(({ backend }) =>
      backend.requestHeaders
        .filter(({ name }) => !isOneOf(KNOWN, name))
        .filter((header) => isClients(subject, backend, header))
        .map(({ name, by }) =>
          found(by, `${backend.address} overwrites ${name}, which is to arrive as clients send it`),
        ),
    ),
});

function isClients(subject: Subject, { groups }: Backend, { name }: WrittenHeader): boolean {
  const services = groups.flatMap((group) => (group.kind === "run" ? [group.service] : []));
  const intents = services.flatMap((service) => {
    const declared = declaredAs(subject, service);
    return declared === undefined ? [] : headersOf(subject, declared);
  });
  return intents.some(
    (intent) => sameName(intent.name, name) && ["unchanged", "appended"].includes(intent.arrives.kind),
  );
}
