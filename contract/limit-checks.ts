import type { Report } from "./header-checks.ts";
import { isWrittenByEdge } from "./header-checks.ts";
import { pathForm, triedPaths } from "./paths.ts";
import type { Problem } from "./problem.ts";
import { durationMs } from "./schema-terms.ts";
import { valueText } from "./shape-problems.ts";
import type { RouteFile, WellFormed } from "./well-formed.ts";

/** Documented limits of a load balancer (facts V2, U16). */
export const LIMITS = { headersWritten: 16, bytesWritten: 8 * 1024, urlMapTests: 100 } as const;

/** Paths below this belong to the control route of the preview edge. */
export const CONTROL_PREFIX = "/.headgate/";

/** Requests per address that any rate limit must leave room for, however few a contract declares. */
const LEAST_ROOM = 100;

/** What the contract as a whole asks for and a load balancer cannot hold. */
export function limitProblems(parts: WellFormed, report: Report): Problem[] {
  return [
    ...parts.routes.flatMap(({ route, index }) => [
      ...writtenProblems(route.headers ?? [], index, parts, report),
      ...route.paths.flatMap((path, position) =>
        path.startsWith(CONTROL_PREFIX)
          ? [
              report(
                ["routes", index, "paths", position],
                `${CONTROL_PREFIX} belongs to the preview edge's control route`,
                {
                  value: valueText(path),
                },
              ),
            ]
          : [],
      ),
    ]),
    ...wafProblems(parts, report),
    ...testProblems(parts, report),
    ...rateProblems(parts, report),
  ];
}

/** At most 16 headers and 8 KiB of them may be written for one request (fact V2). */
function writtenProblems(ids: readonly string[], index: number, parts: WellFormed, report: Report): Problem[] {
  const written = ids.map((id) => parts.headers.get(id)).filter((header) => isWrittenByEdge(header));
  const bytes = written.reduce((sum, header) => sum + Buffer.byteLength(`${header!.name}${header!.value ?? ""}`), 0);
  const at = ["routes", index, "headers"];
  if (written.length > LIMITS.headersWritten)
    return [
      report(
        at,
        `the edge would write ${written.length} headers; a backend takes ${LIMITS.headersWritten} custom headers`,
      ),
    ];
  if (bytes > LIMITS.bytesWritten)
    return [report(at, `the edge would write ${bytes} bytes of headers; the limit is ${LIMITS.bytesWritten}`)];
  return [];
}

/** A URL map holds 100 tests (fact U16): one a path form, and on a preview edge one a host for its control route. */
function testProblems({ routes, environments }: WellFormed, report: Report): Problem[] {
  const forms = routes.reduce((sum, { route }) => sum + route.paths.length, 0);
  const hosts = new Set(routes.map(({ route }) => route.host)).size;
  const controls = [...environments.values()].some(({ promotion }) => promotion === "preview") ? hosts : 0;
  if (forms + controls <= LIMITS.urlMapTests) return [];
  const declared = controls === 0 ? "" : `, and a preview edge adds ${controls}, one a host`;
  return [
    report(
      ["routes"],
      `declares ${forms} paths${declared}; a URL map holds ${LIMITS.urlMapTests} tests, one a path: split the contract by domain`,
    ),
  ];
}

/**
 * Requests that one address may have to make in a minute: every socket reconnects twice, and a run of probes tries every
 * path with every client, both protocols and a few controls. Offices and probes share one address.
 */
export function roomNeeded(routes: readonly RouteFile[], sockets: number): number {
  const probes = routes.reduce(
    (sum, { paths }) => sum + paths.flatMap((path) => triedPaths(pathForm(path), "n")).length * 4,
    0,
  );
  return Math.max(LEAST_ROOM, 2 * sockets + 2 * probes);
}

function rateProblems({ edge, routes, budgets }: WellFormed, report: Report): Problem[] {
  const limit = edge?.["rate-limit"];
  if (limit === undefined) return [];
  const perMinute = (limit.requests * 60_000) / durationMs(limit.per);
  const needed = roomNeeded(
    routes.map(({ route }) => route),
    budgets?.["concurrent-sockets"] ?? 0,
  );
  return perMinute >= needed
    ? []
    : [
        report(
          ["edge", "rate-limit", "requests"],
          `leaves ${Math.floor(perMinute)} requests a minute to one address; reconnecting sockets and a run of probes need ${needed}`,
          { value: valueText(limit.requests) },
        ),
      ];
}

/** Paths of WebSockets never meet the WAF: one that covers everything would switch it off for its host. */
function wafProblems({ edge, routes }: WellFormed, report: Report): Problem[] {
  if (edge?.waf !== "enforce") return [];
  return routes.flatMap(({ route, index }) => {
    const position = route.protocol === "websocket" ? route.paths.indexOf("/*") : -1;
    const message =
      "is a WebSocket route, and sockets never meet the WAF: with waf: enforce give sockets a path of their own";
    return position === -1 ? [] : [report(["routes", index, "paths", position], message, { value: valueText("/*") })];
  });
}
