import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { headgate } from "../support/cli.ts";
import { liveEdge } from "../support/live-edge.ts";
import { startRawServer } from "../support/raw-sockets.ts";
import type { RawPeer } from "../support/raw-sockets.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import { acceptOf, closeFrame, switching } from "../support/websocket-bytes.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const report = (stdout: string): Result => JSON.parse(stdout) as Result;

describe("headgate gate --prober raw", () => {
  it("comes to the verdict of the libraries, check by check", async () => {
    const directory = plantedSynth(folder.path, (terraform) =>
      routingMap(terraform).header_action.request_headers_to_remove.push("Cookie"),
    );
    const args = ["gate", "--synth", directory, "--env", "staging", "--format", "json", "--seed", "7"];
    const [library, raw] = [await headgate(args), await headgate([...args, "--prober", "raw"])];
    expect([library.code, raw.code]).toEqual([1, 1]);
    const outcome = ({ cells }: Result) =>
      cells.map(({ id, state, observation, reason }) => [id, state, observation, reason]);
    expect(outcome(report(raw.stdout))).toEqual(outcome(report(library.stdout)));
  });

  it("passes what is right, over real TLS", async () => {
    const edge = await liveEdge(referenceSynth(), folder.path);
    try {
      const { code, stdout, stderr } = await headgate([...edge.args, "--prober", "raw"], { env: edge.env });
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    } finally {
      await edge.close();
    }
  });

  it("knows no other prober", async () => {
    const { code, stderr } = await headgate(["gate", "--prober", "curl"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are library, raw");
  });
});

describe.each(["library", "raw"])("headgate probe --prober %s, against a hostile server", (prober) => {
  it.each<[string, (peer: RawPeer) => unknown]>([
    ["resets every connection", (peer) => peer.socket.resetAndDestroy()],
    ["speaks another protocol", (peer) => peer.send("SSH-2.0-\u001b[31mx\r\n\r\n")],
    [
      "closes with terminal escapes",
      async (peer) => {
        peer.send(switching(acceptOf(await peer.requestHead())) + closeFrame(1011, "\u001b[2J"));
      },
    ],
    [
      "trickles",
      (peer) => {
        const timer = setInterval(() => (peer.ended ? clearInterval(timer) : peer.send("H")), 100);
      },
    ],
  ])("that %s ends 3 in time, with nothing printed raw", async (_, answer) => {
    const server = await startRawServer(answer);
    try {
      const { code, stdout, stderr, elapsedMs } = await headgate(
        ["probe", "--live", `http://127.0.0.1:${server.port}`, "--timeout", "1", "--deadline", "4", "--prober", prober],
        { env: { HEADGATE_KEY: "key-of-the-live-witness" } },
      );
      expect(code, stdout + stderr).toBe(3);
      expect(elapsedMs).toBeLessThan(10_000);
      expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    } finally {
      await server.close();
    }
  });
});
