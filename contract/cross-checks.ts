import { sameName } from "../http/header-list.ts";
import type { Position } from "./contract.ts";
import type { LocatedYaml, Path } from "./locate.ts";
import { environmentProblems } from "./environment-checks.ts";
import { danglingProblem, headerProblems } from "./header-checks.ts";
import type { Report } from "./header-checks.ts";
import { limitProblems } from "./limit-checks.ts";
import type { Problem } from "./problem.ts";
import { durationMs } from "./schema-terms.ts";
import { credentialProblems, serviceProblems } from "./service-checks.ts";
import { pathText, valueText } from "./shape-problems.ts";
import { carriesToken, variablesOf } from "./template.ts";
import { wellFormed } from "./well-formed.ts";
import type { RouteFile, WellFormed } from "./well-formed.ts";

/** Problems between the parts: dangling references, duplicate routes, values that contradict each other. */
export function crossProblems(yaml: LocatedYaml): Problem[] {
  const parts = wellFormed(yaml.value);
  const report = (path: Path, message: string, more: Partial<Problem> = {}): Problem => ({
    at: placeOf(path, yaml),
    path: pathText(path),
    message,
    ...more,
  });
  return [
    ...parts.routes.flatMap(({ route, index }) => routeProblems(route, index, parts, report)),
    ...duplicateRoutes(parts, report),
    ...sharedAddresses(parts, report),
    ...[...parts.headers].flatMap(([id, header]) => headerProblems(id, header, report)),
    ...[...parts.services].flatMap(([id, service]) => serviceProblems(id, service, parts, report)),
    ...[...parts.environments].flatMap(([id, environment]) => environmentProblems(id, environment, parts, report)),
    ...limitProblems(parts, report),
  ];
}

/** A mapping is named by its key, in a block the line above its first entry; so is one that misses something. */
function placeOf(path: Path, yaml: LocatedYaml): Position {
  let value = yaml.value;
  const existing: (string | number)[] = [];
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) break;
    value = (value as Record<string | number, unknown>)[step];
    existing.push(step);
  }
  return typeof value === "object" && !Array.isArray(value) ? yaml.keyAt(existing) : yaml.at(existing);
}

function routeProblems(route: RouteFile, index: number, parts: WellFormed, report: Report): Problem[] {
  const at = (...rest: Path): Path => ["routes", index, ...rest];
  const dangling = (path: Path, id: string, kind: keyof WellFormed["declared"]): Problem[] =>
    danglingProblem(path, id, kind, parts, report);
  const headers = route.headers ?? [];
  return [
    ...dangling(at("service"), route.service, "services"),
    ...headers.flatMap((id, position) => dangling(at("headers", position), id, "headers")),
    ...(route.flow === undefined ? [] : dangling(at("flow"), route.flow, "flows")),
    ...variablesOf(route.host)
      .filter((name) => name !== "domain")
      .map((name) =>
        report(at("host"), "unknown variable in a host", { value: valueText(name), valid: ["${domain}"] }),
      ),
    ...repeated(headers).map((position) =>
      report(at("headers", position), "the header is listed twice", { value: valueText(headers[position]) }),
    ),
    ...sameNameTwice(headers, parts).map((position) =>
      report(at("headers", position), "two headers of one route have the same name", {
        value: valueText(headers[position]),
      }),
    ),
    ...credentialProblems(route, parts, (position, message) =>
      report(at("headers", position), message, { value: valueText(headers[position]) }),
    ),
    ...lifetimeProblems(route, parts, (message, more) => report(at("lifetime"), message, more)),
    ...browserProblems(route, parts, (message) => report(at("clients"), message, { value: valueText(route.clients) })),
  ];
}

function lifetimeProblems(
  route: RouteFile,
  parts: WellFormed,
  report: (message: string, more: Partial<Problem>) => Problem,
): Problem[] {
  const service = parts.services.get(route.service);
  if (
    route.lifetime === undefined ||
    service === undefined ||
    durationMs(route.lifetime) <= durationMs(service.timeout)
  )
    return [];
  return [
    report(`is longer than the timeout of service ${route.service} (${service.timeout}), which ends every WebSocket`, {
      value: valueText(route.lifetime),
    }),
  ];
}

/** A page sets only URL, cookies and subprotocols on an upgrade (fact B1): a platform or header credential shuts it out. */
function browserProblems(route: RouteFile, parts: WellFormed, report: (message: string) => Problem): Problem[] {
  if (!route.clients.includes("browser") || route.protocol !== "websocket") return [];
  const problems: Problem[] = [];
  if (parts.services.get(route.service)?.access === "iam") {
    problems.push(
      report(`service ${route.service} has access: iam, and a browser cannot send an IAM token on an upgrade`),
    );
  }
  const credentials = (route.headers ?? [])
    .map((id) => parts.headers.get(id))
    .filter((header) => carriesToken(header?.send) && header?.arrives !== "never");
  if (
    credentials.length > 0 &&
    !credentials.some((header) => sameName(header!.name, "Cookie") || sameName(header!.name, "Sec-WebSocket-Protocol"))
  ) {
    problems.push(
      report(
        "every credential of this route is a header that a browser cannot send on an upgrade; add a cookie or a Sec-WebSocket-Protocol entry",
      ),
    );
  }
  return problems;
}

/** Two routes for one path of one host, however the host is written, in any environment. */
function duplicateRoutes(parts: WellFormed, report: Report): Problem[] {
  const declared = [...parts.environments.values()].map(({ domain }) => domain);
  const domains = declared.length > 0 ? declared : ["${domain}"];
  const problems = new Map<string, Problem>();
  for (const domain of domains) {
    const seen = new Map<string, number>();
    for (const { route, index } of parts.routes) {
      for (const [position, path] of route.paths.entries()) {
        const key = `${route.host.replaceAll("${domain}", domain)} ${path}`;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, index);
        else {
          const message = `duplicate route: routes[${first}] declares ${route.host} ${path} already`;
          problems.set(
            `${index} ${position}`,
            report(["routes", index, "paths", position], message, { value: valueText(path) }),
          );
        }
      }
    }
  }
  return [...problems.values()];
}

/** One Cloud Run service cannot stand for two declared ones: nobody could tell which of them answered. */
function sharedAddresses(parts: WellFormed, report: Report): Problem[] {
  const seen = new Map<string, string>();
  return [...parts.services].flatMap(([id, { address }]) => {
    const first = address === undefined ? undefined : seen.get(address);
    if (address !== undefined && first === undefined) seen.set(address, id);
    return first === undefined
      ? []
      : [report(["services", id, "address"], `is the address of service ${first} too`, { value: valueText(address) })];
  });
}

function repeated(ids: readonly string[]): number[] {
  return ids.flatMap((id, position) => (ids.indexOf(id) < position ? [position] : []));
}

function sameNameTwice(ids: readonly string[], parts: WellFormed): number[] {
  const names = ids.map((id) => parts.headers.get(id)?.name.toLowerCase());
  return names.flatMap((name, position) => {
    const first = name === undefined ? position : names.indexOf(name);
    return first < position && ids[first] !== ids[position] ? [position] : [];
  });
}
