import type { EdgeId, Json } from "../support/reference.ts";
import { routingMap } from "../support/reference.ts";

/**
 * The URL map of one edge as a person reads it: host, path, service, and what happens to headers, in the order of matching.
 * Generations and stamps are left out, so that a new image changes nothing here.
 */
export function renderUrlMap(terraform: Json, edge: EdgeId): string {
  const map = routingMap(terraform, edge);
  const hosts = (map.host_rule as Json[]).flatMap(({ hosts: names, path_matcher: matcher }) =>
    (names as string[]).map((host) =>
      renderHost(
        host,
        (map.path_matcher as Json[]).find(({ name }) => name === matcher),
      ),
    ),
  );
  return [
    `${edge} edge: ${map.name}`,
    "",
    ...hosts.flatMap((lines) => [...lines, ""]),
    `any other host → redirect to https://${map.default_url_redirect.host_redirect}`,
    "",
    "every request and answer, last of all",
    ...actions(map.header_action).map((line) => `  ${line}`),
    "",
    "tests",
    ...columns(
      (map.test as Json[]).map((test) => [`${test.host}${test.path}`, `→ ${serviceIn(test.service as string)}`]),
    ),
    "",
  ].join("\n");
}

function renderHost(host: string, matcher: Json): string[] {
  const rules = ((matcher.route_rules ?? []) as Json[]).map((rule) => [
    (rule.match_rules as Json[]).map(pathOf).join(", "),
    `→ ${serviceIn(rule.service as string)}`,
    actions(rule.header_action).join("; "),
  ]);
  return [host, ...columns([...rules, ["anything else", `→ ${serviceIn(matcher.default_service as string)}`]])];
}

function pathOf({ full_path_match: exact, prefix_match: prefix, ...rest }: Json): string {
  const more = Object.keys(rest as object).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  return `${exact ?? `${prefix}*`}${more}`;
}

function actions(action: Json): string[] {
  return Object.entries<Json[]>(action ?? {}).flatMap(([what, list]) => {
    const from = what.startsWith("request") ? "request" : "response";
    if (what.endsWith("to_remove")) return [`removes from the ${from}: ${list.join(", ")}`];
    return list.map(({ header_name: name, header_value: value, replace }) => {
      const shown = /^[0-9a-f]{64}$/.test(value as string) ? "(stamp)" : value;
      return `${replace === true ? "sets" : "appends"} on the ${from}: ${name}: ${shown}`;
    });
  });
}

/** `${google_compute_backend_service.backend-auth-1266c5e3_backend_B65605DA.id}` is the backend service of `auth`. */
function serviceIn(reference: string): string {
  const [, preview, service] = /\.(preview_)?backend-(.+)-[0-9a-f]{8}_/.exec(reference) ?? [];
  return service === undefined ? reference : `${service}${preview === undefined ? "" : " (witness)"}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join("  ")}`.trimEnd());
}
