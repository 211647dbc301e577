import type { RunService } from "../../../model/edge-model.ts";
import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { declaredAs } from "../declared.ts";
import { iamTroubles } from "../iam-check.ts";
import { appending } from "../remedy.ts";
import { backendsBefore, resourceOf, runServices } from "../run-settings.ts";
import { addressesOf } from "../sockets.ts";
import { mapsOf } from "../ways.ts";
import type { PathMatcher, Route } from "../../../model/url-map.ts";

export const customAudienceLacksHost = defineStaticRule({
  id: "custom-audience-lacks-host",
  title: "a service that checks IAM tokens does not know the host that it is called by",
  severity: "warning",
  found: "run",
  because:
    "A token that a client asks for in the name of the public host is answered with 401 unless the host is a custom audience.",
  fix: "Add `https://HOST` to `custom_audiences`, or let clients ask for a token in the name of the run.app address.",
  sources: ["R14", "R10"],
  check: (subject) => {
    // Where nobody gets in anyhow, the audience is not why.
    const troubled = new Set(iamTroubles(subject).map(({ service }) => service.address));
    const leading = hostsByBackend(subject);
    return runServices(subject.edges)
      .filter(({ address }) => !troubled.has(address))
      .flatMap((service) => said(subject, service, leading));
  },
});

function said(subject: Subject, service: RunService, leading: ReadonlyMap<string, ReadonlySet<string>>): Said[] {
  const { iamCheck, audiences, iap, address, by } = service;
  if (!iamCheck.value || iap !== undefined) return [];
  const backends = backendsBefore(subject.edges, service);
  if (backends.some((backend) => backend.iap !== undefined)) return [];
  const access = declaredAs(subject, service)?.service.access;
  const hosts = new Set(backends.flatMap((backend) => [...(leading.get(backend.address) ?? [])]));
  const missing = [...hosts].filter((host) => audiences?.every((each) => !isFor(each, host)) ?? true);
  if (missing.length === 0 || (access !== undefined && access !== "iam")) return [];
  const written = attribute(resourceOf(subject.graph, service).body, "custom_audiences");
  const where = written?.by ?? by;
  if (audiences === undefined)
    return [{ kind: "unknown", reason: "is a list of audiences that cannot be read", by: where }];
  const [unsure] = iamCheck.unsure;
  if (unsure !== undefined) return [unsure];
  const title = `${address} refuses tokens made out to ${missing.join(", ")}: custom_audiences does not name it`;
  // Of several instances each has hosts of its own.
  const isOne = written !== undefined && !address.endsWith("]");
  const remedy = isOne ? appending(where, ...missing.map((host) => `https://${host}`)) : [];
  return [found(where, title, { remedy })];
}

function isFor(audience: string, host: string): boolean {
  return (
    audience
      .replace(/^https:\/\//, "")
      .replace(/\/.*$/, "")
      .toLowerCase() === host
  );
}

/** Hosts by their full name, by the backends that their rules lead to. */
function hostsByBackend({ edges }: Subject): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { host, matcher } of mapsOf(edges).flatMap(({ hosts }) => hosts)) {
    if (host.includes("*") || "reason" in matcher) continue;
    for (const address of routesOf(matcher).flatMap(addressesOf)) {
      const own = found.get(address) ?? new Set();
      found.set(address, own.add(host.replace(/:\d*$/, "")));
    }
  }
  return found;
}

function routesOf({ fallback, rules, paths }: PathMatcher): Route[] {
  return [fallback, ...rules, ...[...paths.exact.values(), ...paths.prefix.values()].map(({ rule }) => rule)];
}
