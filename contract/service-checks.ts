import { sameName } from "../http/header-list.ts";
import type { Report } from "./header-checks.ts";
import { instanceSizeProblems } from "./instance-size.ts";
import type { Path } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { durationMs } from "./schema-terms.ts";
import { valueText } from "./shape-problems.ts";
import { variablesOf } from "./template.ts";
import type { Section, WellFormed } from "./well-formed.ts";

/** Variables that a value under `env` may hold. */
const ENV_VARIABLES = ["domain", "environment"];

type Complain = (path: Path, message: string, value: unknown) => Problem;

/** Problems inside one service, and between it and the routes that lead to it. */
export function serviceProblems(
  id: string,
  service: Section<"services">,
  parts: WellFormed,
  report: Report,
): Problem[] {
  const complain: Complain = (path, message, value) =>
    report(["services", id, ...path], message, { value: valueText(value) });
  return [
    ...sizeProblems(service, complain),
    ...variableProblems(service.env, service.secrets, complain),
    ...accessProblems(service, complain),
    ...cdnProblems(id, service, parts, complain),
  ];
}

/** Values that hold an unknown `${…}`, and names that have two sources. */
export function variableProblems(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, unknown>>,
  complain: Complain,
): Problem[] {
  return [
    ...Object.entries(env).flatMap(([name, value]) =>
      variablesOf(value)
        .filter((variable) => !ENV_VARIABLES.includes(variable))
        .map((variable) =>
          complain(["env", name], "unknown variable in a value; ${domain} and ${environment} are known", variable),
        ),
    ),
    ...Object.keys(secrets)
      .filter((name) => Object.hasOwn(env, name))
      .map((name) => complain(["secrets", name], "stands under env too; a variable has one source", name)),
  ];
}

/** Fact R2: 3600 s at most. */
function sizeProblems(service: Section<"services">, complain: Complain): Problem[] {
  const problems: Problem[] = [];
  if (durationMs(service.timeout) > 3_600_000)
    problems.push(complain(["timeout"], "Cloud Run's longest request timeout is 3600s", service.timeout));
  if (service["min-instances"] > service["max-instances"])
    problems.push(
      complain(["min-instances"], `is more than max-instances (${service["max-instances"]})`, service["min-instances"]),
    );
  return [...problems, ...instanceSizeProblems(service, complain)];
}

/** The platform checks callers only where somebody is named, and nobody is let in unasked (facts R10, S10). */
function accessProblems({ access, invokers }: Section<"services">, complain: Complain): Problem[] {
  if (access === "app" && invokers !== undefined)
    return [complain(["invokers"], "only access: iam and access: iap name who may call", invokers)];
  if (access !== "app" && invokers === undefined)
    return [complain(["access"], "needs `invokers`: who may call the service", access)];
  if (access === "iap" && invokers?.includes("allUsers") === true)
    return [complain(["invokers"], "IAP lets nobody in without signing in; allUsers says otherwise", invokers)];
  return [];
}

/** Facts S10, P8, P9: no cache before IAP, and none before a socket. */
function cdnProblems(id: string, service: Section<"services">, { routes }: WellFormed, complain: Complain): Problem[] {
  if (!service.cdn) return [];
  const problems: Problem[] = [];
  if (service.access === "iap")
    problems.push(complain(["cdn"], "IAP and Cloud CDN exclude each other on one backend service", true));
  if (routes.some(({ route }) => route.service === id && route.protocol === "websocket"))
    problems.push(complain(["cdn"], "a WebSocket route leads here, and a cache has no place before a socket", true));
  return problems;
}

/**
 * Problems between a route's headers and the service's own check: what IAM takes or redacts cannot arrive unchanged, and
 * what it needs must not be removed before (facts R10-R12).
 */
export function credentialProblems(
  route: { readonly service: string; readonly protocol: string; readonly headers?: readonly string[] | undefined },
  parts: WellFormed,
  report: (position: number, message: string) => Problem,
): Problem[] {
  const access = parts.services.get(route.service)?.access;
  const declared = (route.headers ?? []).map((id) => parts.headers.get(id));
  const passes = (name: string): boolean =>
    declared.some((header) => header !== undefined && sameName(header.name, name) && header.arrives !== "never");
  // One of the two carries the platform's token (fact R11).
  const platformToken = passes("X-Serverless-Authorization") || passes("Authorization");
  return declared.flatMap((header, position) => {
    if (header === undefined) return [];
    const isCredential = sameName(header.name, "Authorization") || sameName(header.name, "X-Serverless-Authorization");
    if (access === "iam" && isCredential && header.arrives === "never" && !platformToken)
      return [report(position, "the IAM check of this service needs the header that is removed before it")];
    if (
      access === "iam" &&
      sameName(header.name, "Authorization") &&
      header.arrives === "unchanged" &&
      !passes("X-Serverless-Authorization")
    )
      return [
        report(
          position,
          "the IAM check redacts the token in Authorization; send the platform's in X-Serverless-Authorization and declare that header too",
        ),
      ];
    if (route.protocol === "websocket" && sameName(header.name, "Sec-WebSocket-Protocol") && header.arrives === "never")
      return [report(position, "without Sec-WebSocket-Protocol no subprotocol can be answered on an upgrade")];
    return [];
  });
}
