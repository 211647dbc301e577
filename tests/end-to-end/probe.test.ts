import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { silentServer, staleWitness } from "../support/broken-servers.ts";
import { BUNDLE, headgate } from "../support/cli.ts";
import { liveEdge } from "../support/live-edge.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import { LIVE_KEY, PREVIEW_TOKEN, runningEdge } from "../support/running-edge.ts";
import type { RunningEdge } from "../support/running-edge.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const KEY = { HEADGATE_KEY: "key-of-the-live-witness" };

describe("headgate probe against a running edge", () => {
  it("passes over real TLS when every header survives", async () => {
    const edge = await liveEdge(referenceSynth(), folder.path);
    try {
      const { code, stdout } = await headgate([...edge.args, "--format", "json"], { env: edge.env });
      const { counts, run, controls } = JSON.parse(stdout) as Result;
      expect(code).toBe(0);
      expect(counts).toMatchObject({ httpRequests: 24, upgrades: 12, fail: 0, inconclusive: 0 });
      expect(run.configuration.kind).toBe("live");
      expect(controls.map(({ state }) => state)).toEqual(["pass", "pass", "pass", "pass"]);
    } finally {
      await edge.close();
    }
  });

  it("fails on the header that a running edge strips", async () => {
    const directory = plantedSynth(folder.path, (terraform) =>
      routingMap(terraform).header_action.request_headers_to_remove.push("Cookie"),
    );
    const edge = await liveEdge(directory, folder.path);
    try {
      const { code, stdout } = await headgate([...edge.args, "--format", "json"], { env: edge.env });
      const failed = (JSON.parse(stdout) as Result).cells.filter(({ state }) => state === "fail");
      expect(code).toBe(1);
      expect(new Set(failed.map(({ header, observation }) => `${header} ${observation}`))).toEqual(
        new Set(["Cookie stripped"]),
      );
    } finally {
      await edge.close();
    }
  });

  it("refuses a certificate that no trusted authority signed: TLS is verified always", async () => {
    const edge = await liveEdge(referenceSynth(), folder.path);
    try {
      const { code, stdout } = await headgate(edge.args.slice(0, 3), { env: edge.env });
      expect(code).toBe(3);
      expect(stdout).toContain("unreachable (tls)");
    } finally {
      await edge.close();
    }
  });

  it("ends 3 when nothing listens, and says so", async () => {
    const server = await silentServer();
    await server.close();
    const { code, stdout } = await headgate(["probe", "--live", `http://127.0.0.1:${server.port}`], { env: KEY });
    expect(code).toBe(3);
    expect(stdout).toContain("ECONNREFUSED");
    expect(stdout).toContain("no request was answered: nothing was looked at");
  });

  it("ends 3 within the deadline when the target accepts and says nothing", async () => {
    const server = await silentServer();
    try {
      const { code, stdout, elapsedMs } = await headgate(
        ["probe", "--live", `http://127.0.0.1:${server.port}`, "--timeout", "30", "--deadline", "2"],
        { env: KEY },
      );
      expect(code).toBe(3);
      expect(stdout).toContain("the run's deadline passed");
      expect(elapsedMs).toBeLessThan(6000);
    } finally {
      await server.close();
    }
  });

  it("ends 3 when the witness answers with a stale nonce: the answer belongs to another request", async () => {
    const server = await staleWitness();
    try {
      const { code, stdout } = await headgate(
        ["probe", "--live", `http://127.0.0.1:${server.port}`, "--timeout", "2"],
        { env: KEY },
      );
      expect(code).toBe(3);
      expect(stdout).toContain("stale nonce");
    } finally {
      await server.close();
    }
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends 3 on %s in the middle, says how far it came, and leaves nothing running",
    async (signal) => {
      const server = await silentServer();
      try {
        let interruptedAt = Infinity;
        const interrupt = (child: ChildProcess): void => {
          interruptedAt = performance.now();
          child.kill(signal);
        };
        const { code, stdout } = await headgate(
          ["probe", "--live", `http://127.0.0.1:${server.port}`, "--timeout", "30"],
          { env: KEY, onStart: (child) => void server.met.then(() => interrupt(child)) },
        );
        expect(code).toBe(3);
        expect(stdout).toMatch(/the run was interrupted after \d+ of \d+ cases/);
        expect(performance.now() - interruptedAt).toBeLessThan(5000);
      } finally {
        await server.close();
      }
    },
  );
});

describe("headgate probe against the closed edge that is running", () => {
  const args = (edge: RunningEdge, ...more: readonly string[]): string[] => {
    const ca = join(folder.path, "ca.pem");
    writeFileSync(ca, edge.at.ca!);
    const { address, port } = edge.at.pinned!;
    return ["probe", "--live", `https://${address}:${port}`, "--env", "production", "--ca", ca, ...more];
  };
  const env = { HEADGATE_KEY: LIVE_KEY, HEADGATE_PREVIEW_TOKEN: PREVIEW_TOKEN };

  it("passes under its token and its stamp, and shows the token nowhere", async () => {
    const edge = await runningEdge("preview");
    try {
      const named = args(edge, "--edge", "preview", "--stamp", edge.at.stamp);
      const report = join(folder.path, "report.html");
      const { code, stdout, stderr } = await headgate([...named, "--format", "json", "--format", `html=${report}`], {
        env,
      });
      const { cells, controls } = JSON.parse(stdout) as Result;
      expect(code).toBe(0);
      expect(new Set(cells.map((cell) => cell.env))).toEqual(new Set(["production (preview)"]));
      expect(controls.map(({ id }) => id)).toEqual(
        expect.arrayContaining(["negative http preview-closed", "positive http stamp"]),
      );
      expect(stdout + stderr + readFileSync(report, "utf8")).not.toContain(PREVIEW_TOKEN);
    } finally {
      await edge.close();
    }
  });

  it("ends 3 under another stamp than the one that answers", async () => {
    const edge = await runningEdge("preview");
    try {
      const stamp = "f".repeat(64);
      const { code, stdout } = await headgate(args(edge, "--edge", "preview", "--stamp", stamp), { env });
      expect(code).toBe(3);
      expect(stdout.replace(/\s+/g, " ")).toContain(
        "not propagated: api.example.com does not answer with stamp ffffffffffff… every time: 1 with stamp",
      );
    } finally {
      await edge.close();
    }
  });

  it.each<[string, readonly string[], string]>([
    ["--stamp that is none", ["--stamp", "abc"], "--stamp abc is no stamp; give 64 hexadecimal digits"],
    ["--edge of no name", ["--edge", "other"], "Allowed choices are preview"],
    [
      "--edge with pages",
      ["--edge", "preview", "--client", "chromium"],
      "--edge preview and --client chromium exclude each other",
    ],
  ])("refuses %s", async (_, more, message) => {
    const live = ["probe", "--live", "https://127.0.0.1:1", "--env", "production"];
    const { code, stderr } = await headgate([...live, ...more], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
  });

  it.each<[string, readonly string[], string]>([
    ["without a running edge", ["--env", "production"], "--edge preview needs a running edge"],
    ["of several environments", ["--live", "https://127.0.0.1:1"], "--edge preview is of one environment"],
  ])("refuses --edge %s", async (_, more, message) => {
    const { code, stderr } = await headgate(["probe", "--edge", "preview", ...more], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
  });

  it.each<[string, Record<string, string>, string]>([
    ["no token", {}, "HEADGATE_PREVIEW_TOKEN is not set, and the preview edge is closed"],
    ["a short token", { HEADGATE_PREVIEW_TOKEN: "short" }, "HEADGATE_PREVIEW_TOKEN has fewer than 16 characters"],
    [
      "a token with a line end",
      { HEADGATE_PREVIEW_TOKEN: "a-token-with-a-line-end\n" },
      "HEADGATE_PREVIEW_TOKEN holds a blank, a line end",
    ],
  ])("refuses %s before it sends anything", async (_, token, message) => {
    const { code, stderr } = await headgate(
      ["probe", "--live", "https://127.0.0.1:1", "--env", "production", "--edge", "preview"],
      { env: { HEADGATE_KEY: LIVE_KEY, HEADGATE_PREVIEW_TOKEN: "", ...token } },
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
    expect(stderr).toContain("terraform output -raw preview-token");
    expect(stderr).not.toContain("a-token-with");
  });
});

describe("standard output", () => {
  it("may be closed by its reader in the middle", async () => {
    const child = spawn(process.execPath, [BUNDLE, "gate", "--synth", referenceSynth()], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
