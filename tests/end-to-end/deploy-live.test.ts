import { readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeployRecord } from "../../probes/facts/deployed.ts";
import { headgate } from "../support/cli.ts";
import type { CliOptions, CliRun } from "../support/cli.ts";
import { cloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import type { CloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import { dnsServer } from "../support/dns-server.ts";
import { edit } from "../support/builders.ts";
import { losingOverride } from "../support/losing-override.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Cloud } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
/** The backend answers probes itself. */
const WITNESSED = edit(REFERENCE, "    port: 8000\n", "    port: 8000\n    witness: application\n");
const GOOD = edit(WITNESSED, "backend@sha256:3", "backend@sha256:f");
const KEY = "key-of-the-application";
const LIMIT = { timeout: 240_000 };

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let edge: CloudEdge;
/** Milliseconds since the epoch at which the certificates are issued. */
const readyAt = { public: 0 };

beforeAll(async () => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  // What makes it a project of the CLI; `app` is not run by this verb.
  writeFileSync(
    join(folder.path, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: "false", projectId: "example", sendCrashReports: "false" }),
  );
  symlinkSync(resolve("node_modules"), join(folder.path, "node_modules"));
  edge = await cloudEdge({ cloudFile: installed.cloudFile, witnesses: { key: KEY }, mixMs: 1000, readyAt });
  writeFileSync(join(folder.path, "ca.pem"), edge.ca);
});
afterAll(async () => {
  await edge.close();
  folder.remove();
});

function deploy(contract: string, args: readonly string[] = [], options: CliOptions = {}): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const place = ["--edge", `public=https://127.0.0.1:${edge.ports.public}`, "--ca", "ca.pem"];
  return headgate(["deploy", "staging", ...place, "--format", "text", "--format", "json=record.json", ...args], {
    cwd: folder.path,
    ...options,
    env: { ...installed.env, HEADGATE_KEY: KEY, ...options.env },
  });
}

function record(): DeployRecord {
  return JSON.parse(readFileSync(join(folder.path, "record.json"), "utf8")) as DeployRecord;
}

/** The public edge loses the credential, which no configuration says. */
function losesAuthorization({ resources }: Cloud): void {
  const map = Object.values(resources).find(({ type, body }) => {
    return type === "google_compute_url_map" && (body["path_matcher"] as unknown[] | null)?.length !== 0;
  });
  if (map === undefined) throw new Error("the cloud has no URL map that routes");
  const [action] = map.body["header_action"] as unknown as Record<string, unknown>[];
  Object.assign(action!, { request_headers_to_remove: ["Authorization"] });
}

describe("a deploy through the CLI", () => {
  it("says that the edge is not ready while it has no certificate, and what is missing", LIMIT, async () => {
    readyAt.public = Number.POSITIVE_INFINITY;
    const { code, stdout } = await deploy(WITNESSED, ["--wait", "3"]);
    readyAt.public = 0;
    expect(code, stdout).toBe(3);
    expect(stdout).toMatch(/edge not ready: \S+\.staging\.example\.com: .*\(waited 3 s\)/);
    expect(stdout).toContain("records of the edge:\n    api.staging.example.com. A 203.0.113.");
    expect(stdout).toContain("to go on:   headgate deploy staging --contract headgate.yaml --edge public=");
    expect(record()).toMatchObject({ verdict: "inconclusive", applies: [{ name: "deploy", done: true }] });
  });

  it("looks at what runs once it answers as it was built, and keeps a record for a ledger", LIMIT, async () => {
    const { code, stdout, stderr } = await deploy(WITNESSED, ["--wait", "60"]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("deployed staging: applied as planned (promotion: direct, by cdktf)");
    expect(stdout).toMatch(/public edge {4}pass: \d+ checks passed on live traffic/);
    expect(stdout).toContain("not looked at where it runs:");
    const written = record();
    const schema = JSON.parse(readFileSync("schema/headgate-deploy-1.schema.json", "utf8")) as object;
    const isValid = new Ajv2020({ strict: false }).compile(schema);
    expect(isValid(written), JSON.stringify(isValid.errors)).toBe(true);
    expect(written.after?.stamp).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(written.after?.generations ?? {})).toEqual(["auth", "backend", "frontend"]);
    expect(written.outcomes).toEqual([]);
    expect(written.looks).toEqual([expect.objectContaining({ edge: "public", verdict: "pass" })]);
    expect(written.phases.map(({ name }) => name)).toEqual([
      "synth and gate",
      "plan",
      "apply: deploy",
      "look at the public edge",
    ]);
    expect(stdout + stderr + JSON.stringify(written)).not.toContain(KEY);
  });

  it(
    "asks where the names lead: one that leads nowhere is not ready, one that leads elsewhere is told",
    LIMIT,
    async () => {
      const hosts = ["api", "auth", "app"].map((name) => `${name}.staging.example.com`);
      const zone = Object.fromEntries(hosts.map((host) => [host, { A: ["198.51.100.7"] }]));
      const { [hosts[0]!]: _, ...rest } = zone;
      const names = await dnsServer(rest);
      const nowhere = await deploy(WITNESSED, ["--terraform", "--dns", names.at]).finally(names.close);
      expect(nowhere.code, nowhere.stdout).toBe(3);
      expect(nowhere.stdout).toContain("edge not ready: it answers, and 1 of its names lead nowhere");
      const elsewhere = await dnsServer(zone);
      const found = await deploy(WITNESSED, ["--terraform", "--dns", elsewhere.at]).finally(elsewhere.close);
      expect(found.code, found.stdout).toBe(0);
      expect(found.stdout).toMatch(/not looked at where it runs:[^]*api\.staging\.example\.com[^]*198\.51\.100\.7/);
    },
  );

  it(
    "takes the code of the verdict where the edge that runs loses a header, and says how to go back",
    LIMIT,
    async () => {
      await edge.plant(losesAuthorization);
      const { code, stdout } = await deploy(WITNESSED, ["--terraform", "--wait", "20"]);
      await edge.plant(undefined);
      expect(code, stdout).toBe(1);
      expect(stdout).toMatch(/public edge {4}contract-broken: \d+ of \d+ checks failed/);
      expect(stdout).toMatch(
        /^to go back: headgate deploy staging --contract cdktf\.out\/stacks\/staging\/headgate-deployed/m,
      );
      expect(record()).toMatchObject({ exitCode: 1, way: "terraform" });
    },
  );

  it("waits where the map of before still answers, and decides nothing after its time", LIMIT, async () => {
    await edge.plant(({ resources }) => {
      for (const { body } of Object.values(resources))
        for (const action of (body["header_action"] ?? []) as {
          response_headers_to_add?: { header_value: string }[];
        }[])
          for (const add of action.response_headers_to_add ?? []) add.header_value = "0".repeat(64);
    });
    const { code, stdout } = await deploy(WITNESSED, ["--terraform", "--wait", "2"]);
    await edge.plant(undefined);
    expect(code, stdout).toBe(3);
    expect(stdout).toContain("not propagated:");
  });

  it("passes Ctrl-C on to the Terraform that the CLI runs: what was begun is finished", LIMIT, async () => {
    let isSent = false;
    const { code, stdout } = await deploy(GOOD, [], {
      env: { HEADGATE_STAND_IN_DELAY_MS: "3000" },
      onStart: (child) => {
        let heard = "";
        child.stderr!.on("data", (text: Buffer) => {
          heard += text.toString();
          if (!isSent && /Modifying\.\.\.|Creating\.\.\./.test(heard)) isSent = child.kill("SIGINT");
        });
      },
    });
    expect(isSent).toBe(true);
    expect(code, stdout).toBe(3);
    expect(stdout).toContain("interrupted during cdktf deploy: Terraform ended what it had begun");
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".lock.info"))).toEqual([]);
    const done = await deploy(GOOD, ["--terraform"]);
    expect(done.code, done.stdout + done.stderr).toBe(0);
    const stack = join(folder.path, "cdktf.out/stacks/staging");
    const again = await terraform(stack, ["plan", "-detailed-exitcode"], installed.env);
    expect(again.exitCode, again.stdout).toBe(0);
  });

  it("ends with the verdict that was overridden, and the override stands in the record", LIMIT, async () => {
    const override = losingOverride(join(folder.path, "cdktf.out/stacks/staging"));
    const { code, stdout } = await deploy(GOOD, ["--terraform", "--no-verify"], {
      env: { HEADGATE_OVERRIDE: "ops@example.com: outage" },
    });
    rmSync(override);
    expect(code, stdout).toBe(1);
    expect(stdout).toContain("OVERRIDDEN by ops@example.com: outage");
    expect(record()).toMatchObject({
      verdict: "contract-broken",
      override: { owner: "ops@example.com", reason: "outage" },
      applies: [{ done: true }],
    });
  });
});
