import type { Iap } from "../../../model/edge-model.ts";
import { backendServices } from "../backends.ts";
import { declaredAs, headersOf } from "../declared.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import type { RunService } from "../../../model/edge-model.ts";

export const iapConsumesAuthorization = defineStaticRule({
  id: "iap-consumes-authorization",
  title: "IAP stands before a service that reads `Authorization` itself",
  severity: "warning",
  found: "run",
  because: "A token in `Authorization` by which a client passes IAP does not reach the service.",
  fix: "Let clients show IAP its token in `Proxy-Authorization`, and declare the service with `access: iap`; else switch IAP off.",
  sources: ["P2", "P3"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { iap, groups } }) =>
      groups.flatMap((group) => (group.kind === "run" ? said(subject, group.service, iap ?? group.service.iap) : [])),
    ),
});

/** A contract that speaks of IAP knows of it: its clients are probed as such. */
function said(subject: Subject, service: RunService, iap: Iap | undefined): Said[] {
  const declared = declaredAs(subject, service);
  if (iap === undefined || declared === undefined || declared.service.access === "iap") return [];
  const isRead = headersOf(subject, declared).some(
    ({ name, arrives }) => name.toLowerCase() === "authorization" && arrives.kind !== "never",
  );
  if (!isRead) return [];
  if (iap.kind === "unknown") return [iap];
  return [found(iap.by, `IAP is on before ${service.address}, which the contract sends Authorization to`)];
}
