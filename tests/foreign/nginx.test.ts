import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONTRACT, failuresOf, probeForeignEdge } from "../support/foreign-edge.ts";
import type { Places } from "../support/foreign-edge.ts";
import { isMissing } from "../support/foreign-tools.ts";
import { temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** What an engineer writes for nginx in front of WebSockets; `wrong` takes away or adds a line. */
function configuration(places: Places, wrong: (text: string) => string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${join(places.folder, name)};`)
    .join("\n");
  return wrong(`daemon off;
pid ${join(places.folder, "nginx.pid")};
error_log stderr;
events {}
http {
  access_log off;
${temporary}
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  server {
    listen 127.0.0.1:${places.port} ssl;
    ssl_certificate ${places.certificate};
    ssl_certificate_key ${places.key};
    underscores_in_headers on;
    location / {
      proxy_pass http://127.0.0.1:${places.upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      # Headers of the connection, which nginx hands on unless told otherwise.
      proxy_set_header Keep-Alive "";
      proxy_set_header TE "";
      proxy_set_header Trailer "";
      proxy_set_header Proxy-Authorization "";
    }
  }
}
`);
}

function start(places: Places, wrong: (text: string) => string): readonly [string, ...string[]] {
  const file = join(places.folder, "nginx.conf");
  writeFileSync(file, configuration(places, wrong));
  return ["nginx", "-c", file, "-p", places.folder];
}

const probe = (wrong: (text: string) => string, more: Parameters<typeof probeForeignEdge>[2] = {}) =>
  probeForeignEdge(folder.path, (places) => start(places, wrong), more);

describe.skipIf(isMissing("nginx"))("nginx as somebody else's edge", () => {
  it("passes when it is configured as its own documentation says", async () => {
    const { code, result } = await probe((text) => text);
    expect({ code, failures: failuresOf(result) }).toEqual({ code: 0, failures: [] });
  });

  it("loses Authorization on both protocols where a header is set to nothing", async () => {
    const { code, result } = await probe((text) =>
      text.replace("proxy_http_version", 'proxy_set_header Authorization "";\n      proxy_http_version'),
    );
    expect({ code, failures: failuresOf(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged Authorization http stripped", "header-unchanged Authorization websocket stripped"],
    });
  });

  it("loses a name with an underscore on both protocols, as it does unless told otherwise", async () => {
    const { code, result } = await probe((text) => text.replace("underscores_in_headers on;", ""));
    expect({ code, failures: failuresOf(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged X_Tenant http stripped", "header-unchanged X_Tenant websocket stripped"],
    });
  });

  it("refuses every upgrade where the upgrade headers are not passed on, and plain requests are well", async () => {
    const { code, result } = await probe((text) => text.replace(/ *proxy_set_header (Upgrade|Connection) .*\n/g, ""));
    expect(failuresOf(result)).toEqual([
      "hop-by-hop-not-forwarded Upgrade websocket -",
      "reaches-declared-service - websocket -",
    ]);
    const plain = result.cells.filter(({ protocol, state }) => protocol === "http" && state !== "not-applicable");
    expect(new Set(plain.map(({ state }) => state))).toEqual(new Set(["pass"]));
    expect(code).toBe(1);
  });
});

/** Two cookies in one line, from a page too: it sends them in pieces. */
const WITH_PAGES = CONTRACT.replace('"session=${token}"', '"session=${token}; theme=dark"').replace(
  "    service: app\n",
  "    service: app\n    clients: [browser, native]\n",
);

describe.skipIf(isMissing("nginx"))("nginx as somebody else's edge, over HTTP/2", () => {
  const over = { args: ["--http2"], contract: WITH_PAGES };
  const speaking = (text: string): string => text.replace(" ssl;", " ssl http2;");

  it("passes, with every plain request that can be in HTTP/2, and says what it did not send so", async () => {
    const log = join(folder.path, "access.log");
    const { code, result } = await probe(
      (text) =>
        speaking(text).replace("access_log off", `log_format p "$server_protocol $http_upgrade"; access_log ${log} p`),
      over,
    );
    expect({ code, failures: failuresOf(result) }, result.reasons.join("\n")).toEqual({ code: 0, failures: [] });
    const spoken = readFileSync(log, "utf8").trim().split("\n");
    const count = (line: string): number => spoken.filter((each) => each === line).length;
    // One platform trial a path form holds what no HTTP/2 request can; controls are among the others.
    expect(count("HTTP/1.1 -")).toBe(2);
    expect(count("HTTP/2.0 -")).toBeGreaterThan(result.counts.httpRequests - 2);
    expect(count("HTTP/2.0 -") + count("HTTP/1.1 -") + count("HTTP/1.1 websocket")).toBe(spoken.length);
    expect(result.notLookedAt).toEqual([
      "HTTP/2 of 2 plain requests: with header lines that it cannot carry as they are (RFC 9113 §8.2.2), sent over HTTP/1.1",
      "WebSockets over HTTP/2: the edge does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441), so a browser upgrades over HTTP/1.1",
    ]);
  });

  it("loses a header that is lost over HTTP/2 alone, which nothing else sees", async () => {
    const losing = (text: string): string =>
      speaking(text)
        .replace(
          "  map $http_upgrade",
          '  map $server_protocol $told { HTTP/2.0 ""; default $http_authorization; }\n  map $http_upgrade',
        )
        .replace("proxy_http_version", "proxy_set_header Authorization $told;\n      proxy_http_version");
    const { code, result } = await probe(losing, over);
    expect({ code, failures: failuresOf(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged Authorization http stripped"],
    });
    expect((await probe(losing, { contract: WITH_PAGES })).code).toBe(0);
  });

  it("cannot be looked at where it does not speak HTTP/2, and nothing goes over HTTP/1.1 in its place", async () => {
    const { code, result } = await probe((text) => text, over);
    expect(code).toBe(3);
    expect(result.reasons.join("\n")).toContain("the server does not speak HTTP/2");
    const declared = result.cells.filter(({ protocol, rule }) => protocol === "http" && rule === "header-unchanged");
    expect(new Set(declared.map(({ state, observation }) => `${state} ${observation}`))).toEqual(
      new Set(["inconclusive unreachable"]),
    );
  });
});
