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
    const troubled = new Set(iamTroubles(subject).flatMap((each) => ("service" in each ? [each.service.address] : [])));
    return runServices(subject.edges)
      .filter(({ address }) => !troubled.has(address))
      .flatMap((service) => said(subject, service));
  },
});

function said(subject: Subject, service: RunService): Said[] {
  const { iamCheck, audiences, iap, address, by } = service;
  if (!iamCheck.value || iap !== undefined) return [];
  const backends = backendsBefore(subject.edges, service);
  if (backends.some((backend) => backend.iap !== undefined)) return [];
  const access = declaredAs(subject, service)?.service.access;
  const hosts = hostsLeadingTo(subject, new Set(backends.map((backend) => backend.address)));
  const missing = hosts.filter((host) => audiences?.every((each) => !isFor(each, host)) ?? true);
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

/** Hosts by their full name whose rules lead to one of these backends. */
function hostsLeadingTo({ edges }: Subject, backends: ReadonlySet<string>): string[] {
  const hosts = mapsOf(edges).flatMap((map) =>
    map.hosts.flatMap(({ host, matcher }) => {
      if (host.includes("*") || "reason" in matcher) return [];
      return routesOf(matcher).some((route) => addressesOf(route).some((address) => backends.has(address)))
        ? [host.replace(/:\d*$/, "")]
        : [];
    }),
  );
  return [...new Set(hosts)];
}

function routesOf({ fallback, rules, paths }: PathMatcher): Route[] {
  return [fallback, ...rules, ...[...paths.exact.values(), ...paths.prefix.values()].map(({ rule }) => rule)];
}
