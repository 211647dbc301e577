import type { Sketch, SketchHeader, SketchRoute } from "./sketch.ts";

/** A sketch as the text of a contract, what could not be told as comments. */
export function sketchText(sketch: Sketch): string {
  const { source, name, headers, services, routes, open } = sketch;
  const sockets = routes.some(({ websocket }) => websocket);
  return [
    `# Derived from ${source}. Read every line: it says what the configuration does, and not what was meant.`,
    "version: 1",
    `name: ${name}`,
    "",
    ...environment(sketch),
    "",
    "headers: # how each must arrive at the service",
    ...(headers.length === 0 ? NO_HEADER : []),
    ...headers.map(headerLine),
    ...(sockets ? SUBPROTOCOL : []),
    "",
    "services:",
    ...(services.size === 0 ? NO_SERVICE : []),
    ...[...services].map(
      ([id, address]) => `  ${id}: { address: ${/["'\[]/.test(address) ? `'${address}'` : address} }`,
    ),
    "",
    "routes:",
    ...(routes.length === 0 ? NO_ROUTE : []),
    ...routes.flatMap((route) => routeLines(route, sketch.domain)),
    ...(open.length === 0 ? [] : ["", "# Not told by the configuration:", ...open.map((text) => `#   ${text}`)]),
    "",
  ].join("\n");
}

/** A contract has a header, a service and a route: these stand where the real ones belong. */
const NO_HEADER = [
  '  authorization: { name: Authorization, send: "Bearer ${token}", arrives: unchanged } # yours instead',
];
const NO_SERVICE = [
  "  # none could be told: declare those that the routes lead to, instead of this one",
  "  example: { address: google_cloud_run_v2_service.example }",
];
const NO_ROUTE = [
  "  # none could be told: declare yours instead of this one",
  "  - host: ${domain}",
  "    paths: [/*]",
  "    service: example",
  "    headers: [authorization]",
];

const SUBPROTOCOL = [
  "  # A page sends its token as a subprotocol, for it cannot set Authorization on a WebSocket. If yours does, declare it:",
  '  # session-token: { name: Sec-WebSocket-Protocol, send: "auth, token.${token:base64url}", arrives: unchanged, answer: auth }',
];

function environment({ stack, project, region, domain }: Sketch): string[] {
  const guess = (known: boolean): string => (known ? "" : " # could not be told");
  return [
    "environments:",
    stack === undefined ? "  production: # a name of your own" : `  ${stack}: # as the stack is named`,
    `    project: ${isProject(project) ? project : "example-project"}${guess(isProject(project))}`,
    `    region: ${isRegion(region) ? region : "us-central1"}${guess(isRegion(region))}`,
    `    domain: ${domain}`,
  ];
}

function isProject(text: string | undefined): text is string {
  return text !== undefined && /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(text);
}

function isRegion(text: string | undefined): text is string {
  return text !== undefined && /^[a-z]+-[a-z]+\d+$/.test(text);
}

function headerLine({ id, name, arrives, because }: SketchHeader): string {
  const intent =
    typeof arrives === "string" ? arrives : arrives.set === "" ? "present" : `{ set: ${JSON.stringify(arrives.set)} }`;
  const send =
    name.toLowerCase() === "authorization"
      ? 'send: "Bearer ${token}", '
      : name.toLowerCase() === "cookie"
        ? 'send: "session=${token}", '
        : "";
  return `  ${id}: { name: ${name}, ${send}arrives: ${intent} } # ${because}`;
}

function routeLines({ host, paths, service, websocket, headers }: SketchRoute, domain: string): string[] {
  const template =
    host === domain ? "${domain}" : host.endsWith(`.${domain}`) ? `${host.slice(0, -domain.length)}\${domain}` : host;
  return [
    `  - host: ${template}`,
    `    paths: [${paths.map((path) => (/^[\w/.*-]+$/.test(path) ? path : JSON.stringify(path))).join(", ")}]`,
    `    service: ${service}`,
    ...(websocket
      ? ["    protocol: websocket # guessed from the path", "    clients: [native] # add browser where pages connect"]
      : []),
    `    headers: [${headers.join(", ")}]`,
  ];
}
