import { asBoolean, asNumber, attribute, blocks } from "../../../terraform/graph.ts";
import type { Backend } from "../../../model/edge-model.ts";
import { socketBackendServices } from "../backends.ts";
import type { BackendService } from "../backends.ts";
import { declaredAs } from "../declared.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located, Subject } from "../define-rule.ts";

export const socketBackendNotLogged = defineStaticRule({
  id: "socket-backend-not-logged",
  title: "the load balancer does not log every handshake",
  severity: "note",
  found: "run",
  because: "Without its log nobody can tell a handshake that the load balancer refused from one that never came.",
  fix: "Write `log_config { enable = true, sample_rate = 1 }` on the backend services that sockets lead to.",
  sources: ["H33"],
  check: (subject) => socketBackendServices(subject).flatMap((service) => said(service, subject)),
});

function said({ backend, resource: { body, address } }: BackendService, subject: Subject): Located[] {
  const [config] = blocks(body, "log_config");
  // Not written it is off: worth a word to who declares sockets and wants to prove them.
  if (config === undefined) return isDeclared(backend, subject) ? [found(body.by, `${address} logs nothing`)] : [];
  const [enable, rate] = ["enable", "sample_rate"].map((name) => attribute(config, name));
  const enabled = enable === undefined ? undefined : asBoolean(enable);
  if (enabled?.kind === "known" && !enabled.value) return [found(enable!.by, `${address} logs nothing`)];
  const share = rate === undefined ? undefined : asNumber(rate);
  // Who declares a share has chosen it.
  const wanted = subject.declared?.contract.edge.requestLogging ?? 1;
  if (share?.kind !== "known" || share.value >= wanted) return [];
  return [found(rate!.by, `${address} logs ${share.value * 100} % of the handshakes`)];
}

function isDeclared({ groups }: Backend, subject: Subject): boolean {
  const services = groups.flatMap((group) => (group.kind === "run" ? [group.service] : []));
  return services.some((service) =>
    declaredAs(subject, service)?.routes.some(({ protocol }) => protocol === "websocket"),
  );
}
