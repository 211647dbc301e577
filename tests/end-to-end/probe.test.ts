import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { silentServer, staleWitness } from "../support/broken-servers.ts";
import { BUNDLE, headgate } from "../support/cli.ts";
import { liveEdge } from "../support/live-edge.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";

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
        const started = performance.now();
        const { code, stdout } = await headgate(
          ["probe", "--live", `http://127.0.0.1:${server.port}`, "--timeout", "30"],
          {
            env: KEY,
            onStart: (child) => void setTimeout(() => child.kill(signal), 800),
          },
        );
        expect(code).toBe(3);
        expect(stdout).toMatch(/the run was interrupted after \d+ of \d+ cases/);
        expect(performance.now() - started).toBeLessThan(5000);
      } finally {
        await server.close();
      }
    },
  );
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
