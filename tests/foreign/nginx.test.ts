import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { headgate } from "../support/cli.ts";
import { foreignEdge } from "../support/foreign-edge.ts";
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

async function probe(wrong: (text: string) => string): Promise<{ code: number | null; result: Result }> {
  const edge = await foreignEdge(folder.path, (places) => {
    const file = join(places.folder, "nginx.conf");
    writeFileSync(file, configuration(places, wrong));
    return ["nginx", "-c", file, "-p", places.folder];
  });
  try {
    const { code, stdout } = await headgate([...edge.args, "--format", "json"], { env: edge.env });
    return { code, result: JSON.parse(stdout) as Result };
  } finally {
    await edge.close();
  }
}

/** Failed cells as `rule header protocol observation`, each once. */
function failures({ cells }: Result): string[] {
  const failed = cells.filter(({ state }) => state === "fail");
  return [
    ...new Set(
      failed.map(({ rule, header, protocol, observation }) =>
        [rule, header ?? "-", protocol, observation ?? "-"].join(" "),
      ),
    ),
  ].sort();
}

describe.skipIf(isMissing("nginx"))("nginx as somebody else's edge", () => {
  it("passes when it is configured as its own documentation says", async () => {
    const { code, result } = await probe((text) => text);
    expect({ code, failures: failures(result) }).toEqual({ code: 0, failures: [] });
  });

  it("loses Authorization on both protocols where a header is set to nothing", async () => {
    const { code, result } = await probe((text) =>
      text.replace("proxy_http_version", 'proxy_set_header Authorization "";\n      proxy_http_version'),
    );
    expect({ code, failures: failures(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged Authorization http stripped", "header-unchanged Authorization websocket stripped"],
    });
  });

  it("loses a name with an underscore on both protocols, as it does unless told otherwise", async () => {
    const { code, result } = await probe((text) => text.replace("underscores_in_headers on;", ""));
    expect({ code, failures: failures(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged X_Tenant http stripped", "header-unchanged X_Tenant websocket stripped"],
    });
  });

  it("refuses every upgrade where the upgrade headers are not passed on, and plain requests are well", async () => {
    const { code, result } = await probe((text) => text.replace(/ *proxy_set_header (Upgrade|Connection) .*\n/g, ""));
    expect(failures(result)).toEqual([
      "hop-by-hop-not-forwarded Upgrade websocket -",
      "reaches-declared-service - websocket -",
    ]);
    const plain = result.cells.filter(({ protocol, state }) => protocol === "http" && state !== "not-applicable");
    expect(new Set(plain.map(({ state }) => state))).toEqual(new Set(["pass"]));
    expect(code).toBe(1);
  });
});
