import { TIMEOUT_SECONDS } from "../../../model/build-run-service.ts";
import type { RunService } from "../../../model/edge-model.ts";
import { declaredAs } from "../declared.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { replacing, setting } from "../remedy.ts";
import { resourceOf, settingsOf, timeoutOf } from "../run-settings.ts";
import { socketServices } from "../sockets.ts";

export const socketOutlivesRequestTimeout = defineStaticRule({
  id: "socket-outlives-request-timeout",
  title: "Cloud Run ends open sockets sooner than they may live",
  severity: "error",
  found: "run",
  because:
    "To Cloud Run an open WebSocket is one request: at the request timeout, 300 s where none is written, it is cut without a close frame.",
  fix: 'Write `timeout = "3600s"`, or the life that sockets need, and let clients connect again before it ends.',
  sources: ["R2", "W4"],
  check: (subject) => socketServices(subject).flatMap(({ item }) => said(subject, item)),
});

function said(subject: Subject, service: RunService): Said[] {
  const { value, by } = service.timeoutSeconds;
  const resource = resourceOf(subject.graph, service);
  const { timeout, templateAt } = settingsOf(resource);
  const where = timeout === undefined ? templateAt : by;
  const lifetime = longestLife(subject, service);
  if (lifetime === undefined) {
    const cut = `${service.address} cuts every WebSocket after ${TIMEOUT_SECONDS.usual} s: no request timeout is written`;
    return timeout === undefined ? [found(where, cut, { severity: "warning" })] : [];
  }
  if (value === undefined) return [{ kind: "unknown", reason: "is a request timeout that cannot be read", by: where }];
  if (value >= lifetime) return [];
  const title = `${service.address} cuts WebSockets after ${value} s, and they may live ${lifetime} s`;
  const written = timeoutOf(resource, lifetime);
  const remedy = timeout === undefined ? setting(where, written.name, written.value) : replacing(where, written.value);
  return [found(where, title, { remedy })];
}

/** In seconds, as the contract declares it. */
function longestLife(subject: Subject, service: RunService): number | undefined {
  const lives = declaredAs(subject, service)?.routes.flatMap(({ protocol, lifetimeMs }) =>
    protocol === "websocket" && lifetimeMs !== undefined ? [lifetimeMs / 1000] : [],
  );
  return lives === undefined || lives.length === 0 ? undefined : Math.max(...lives);
}
