import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failuresOf, probeForeignEdge } from "../support/foreign-edge.ts";
import type { Places } from "../support/foreign-edge.ts";
import { isMissing } from "../support/foreign-tools.ts";
import { temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const probe = (rule: string) => probeForeignEdge(folder.path, (places) => start(places, rule));

function start({ folder: place, port, pem, upstream }: Places, rule: string): readonly [string, ...string[]] {
  const file = join(place, "haproxy.cfg");
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1m
frontend edge
  bind 127.0.0.1:${port} ssl crt ${pem}
  # Headers of the connection, some of which HAProxy hands on unless told otherwise.
  http-request del-header Keep-Alive
  http-request del-header TE
  http-request del-header Trailer
  http-request del-header Proxy-Authorization
  ${rule}
  default_backend app
backend app
  server app 127.0.0.1:${upstream}
`,
  );
  return ["haproxy", "-db", "-f", file];
}

describe.skipIf(isMissing("haproxy"))("HAProxy as somebody else's edge", () => {
  it("passes without a rule: lower-case names are the same names", async () => {
    const { code, result } = await probe("");
    expect({ code, failures: failuresOf(result) }).toEqual({ code: 0, failures: [] });
  });

  it("loses what del-header takes, on both protocols", async () => {
    const { code, result } = await probe("http-request del-header Authorization");
    expect({ code, failures: failuresOf(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged Authorization http stripped", "header-unchanged Authorization websocket stripped"],
    });
  });

  it("replaces what set-header sets, on upgrades alone where the rule says so", async () => {
    const { code, result } = await probe(
      "http-request set-header Cookie session=other if { req.hdr(Upgrade) -i websocket }",
    );
    expect({ code, failures: failuresOf(result) }).toEqual({
      code: 1,
      failures: ["header-unchanged Cookie websocket replaced"],
    });
  });
});
