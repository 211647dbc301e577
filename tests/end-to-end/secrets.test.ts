import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import { liveEdge } from "../support/live-edge.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const REAL_TOKEN = "ya29.a-real-credential-from-the-environment-0123456789";

/** Every secret that really crossed the wire, read at the far side: canaries, tokens in each form, signatures. */
function secretsIn(received: string): string[] {
  const canaries = received.match(/headgate-canary-[0-9a-f]+/g) ?? [];
  const bearers = [...received.matchAll(/authorization: Bearer (\S+)/gi)].map((match) => match[1]!);
  const entries = [...received.matchAll(/jwt\.([A-Za-z0-9_-]{20,})/g)].map((match) => match[1]!);
  const cookies = [...received.matchAll(/session=(\S+)/g)].map((match) => match[1]!);
  const signatures = [...received.matchAll(/headgate-signature(?:=|: )(\S+)/gi)].map((match) => match[1]!);
  for (const found of [canaries, bearers, entries, cookies, signatures]) expect(found.length).toBeGreaterThan(0);
  return [...new Set([...canaries, ...bearers, ...entries, ...cookies, ...signatures])];
}

it.each([
  ["synthetic canaries, all is well", {}, undefined],
  ["synthetic canaries, a service that repeats the cookie", {}, "cookie"],
  ["synthetic canaries, a service that repeats the subprotocol list", {}, "sec-websocket-protocol"],
  ["a real credential, a service that repeats it", { HEADGATE_TOKEN: REAL_TOKEN }, "authorization"],
] as const)("shows no credential and no canary in any output: %s", async (_, env, leak) => {
  const edge = await liveEdge(referenceSynth(), folder.path, leak === undefined ? {} : { leak });
  try {
    const others = ["json", "junit", "sarif", "github", "markdown"].map((format) => [
      format,
      join(folder.path, format),
    ]);
    const { code, stdout, stderr } = await headgate(
      [
        ...edge.args,
        "--timings",
        "--format",
        "text",
        ...others.flatMap(([format, path]) => ["--format", `${format}=${path}`]),
      ],
      { env: { ...edge.env, ...env } },
    );
    const secrets = secretsIn(edge.received());
    if ("HEADGATE_TOKEN" in env) expect(secrets).toContain(REAL_TOKEN);
    expect(code).toBe(leak === undefined ? 0 : 1);
    const outputs = [stdout, stderr, ...others.map(([, path]) => readFileSync(path!, "utf8"))].join("\n");
    expect(secrets.filter((secret) => outputs.includes(secret))).toEqual([]);
    expect(outputs).not.toContain(edge.env["HEADGATE_KEY"]);
  } finally {
    await edge.close();
  }
});
