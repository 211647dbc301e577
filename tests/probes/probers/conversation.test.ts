import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { WITNESS_SCHEMA } from "../../../contract/probe-protocol.ts";
import { probeRaw } from "../../../probes/probers/raw.ts";
import { probeWebSocket } from "../../../probes/probers/websocket.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { acceptOf, closeFrame, frame, switching, unmasked } from "../../support/websocket-bytes.ts";

const opened = closeAfterEach();
const NOTHING = { schema: WITNESS_SCHEMA, nonce: "n", service: "s", revision: "r", headers: [] };
const REPORT = JSON.stringify(NOTHING);

/** Upgrades with these lines, and lets the server talk after a good 101. */
async function upgraded(talk: (peer: RawPeer) => unknown, more: readonly string[] = [], lines: HeaderLine[] = []) {
  const server = opened(
    await startRawServer(async (peer) => {
      peer.send(switching(acceptOf(await peer.requestHead()), more));
      await talk(peer);
    }),
  );
  return { seen: await probeRaw(attemptOf("websocket", lines), endpointAt(server.port), deadline()), server };
}

describe("an accepted upgrade", () => {
  it("by a witness gives its report, and is closed by the client", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY, subprotocols: ["two"] }));
    const lines: HeaderLine[] = [
      ["Sec-WebSocket-Protocol", "one"],
      ["Sec-WebSocket-Protocol", "two"],
    ];
    const seen = await probeRaw(attemptOf("websocket", lines), endpointAt(witness.port), deadline());
    expect(seen).toMatchObject({ response: { status: 101 }, subprotocol: "two", witness: { nonce: "nonce-1" } });
    expect(seen.witness!.headers).toEqual(seen.sent);
    expect(seen.close).toEqual({ by: "client", code: 1000, reason: "" });
    expect(seen.timings!.close).toBeGreaterThan(0);
    expect(seen.failure).toBeUndefined();
  });

  it("without a subprotocol breaks no rule, and is read on", async () => {
    const { seen } = await upgraded((peer) => peer.send(frame(REPORT)), [], [["Sec-WebSocket-Protocol", "one"]]);
    expect(seen).toMatchObject({ subprotocol: "", witness: NOTHING });
  });

  it("closes with a masked frame of 1000, after answering pings with their payload", async () => {
    const frames: unknown[] = [];
    const { seen } = await upgraded(async (peer) => {
      peer.send(frame("are you there", 0x89) + frame("", 0x8a));
      frames.push(unmasked(await peer.take(6 + 13)));
      peer.send(frame(REPORT));
      frames.push(unmasked(await peer.take(8)));
      peer.send(closeFrame(1000));
    });
    expect(frames).toEqual([
      { opcode: 0xa, payload: "are you there" },
      { opcode: 0x8, payload: "\u0003\u00e8" },
    ]);
    expect(seen).toMatchObject({ witness: NOTHING, close: { by: "client", code: 1000 } });
  });

  it.each<[string, string]>([
    ["in one frame with the head", frame(REPORT)],
    [
      "in fragments with a ping between",
      `${frame("{", 0x01)}${frame("", 0x00)}${frame("p", 0x89)}${frame(REPORT.slice(1), 0x80)}`,
    ],
    ["in a frame with a length of 16 bits", frame(REPORT + " ".repeat(300))],
    ["in a frame with a length of 64 bits", frame(REPORT + " ".repeat(70_000))],
    ["in a binary frame", frame(REPORT, 0x82)],
  ])("gives a report that comes %s", async (_, bytes) => {
    const server = opened(
      await startRawServer(async (peer) => peer.send(switching(acceptOf(await peer.requestHead())) + bytes)),
    );
    const seen = await probeRaw(attemptOf("websocket"), endpointAt(server.port), deadline());
    expect(seen.witness).toEqual(NOTHING);
  });

  it("that the server closes first says with what, and answers with the same", async () => {
    const answers: unknown[] = [];
    const { seen } = await upgraded(async (peer) => {
      peer.send(closeFrame(1011, "token expired"));
      answers.push(unmasked(await peer.take(8)));
    });
    expect(seen).toMatchObject({
      response: { status: 101 },
      close: { by: "server", code: 1011, reason: "token expired" },
      failure: { phase: "witness", during: "firstMessage" },
    });
    expect(seen.failure!.message).toContain("1011 (token expired)");
    await expect.poll(() => answers).toEqual([{ opcode: 0x8, payload: "\u0003\u00f3" }]);
  });

  it.each<[string, string, unknown]>([
    ["without a code", frame("", 0x88), { by: "server", code: 1005, reason: "" }],
    ["without a Close frame", "", { by: "nobody", code: 1006, reason: "" }],
  ])("that ends %s says so", async (_, bytes, close) => {
    const { seen } = await upgraded((peer) => peer.socket.end(Buffer.from(bytes, "latin1")));
    expect(seen.close).toEqual(close);
    expect(seen.failure!.phase).toBe("witness");
  });

  it.each([
    ["raw", probeRaw],
    ["websocket", probeWebSocket],
  ])("that the server closes at once after its report was closed by it, for %s too", async (_, probe) => {
    const server = opened(
      await startRawServer(async (peer) =>
        peer.send(switching(acceptOf(await peer.requestHead())) + frame(REPORT) + closeFrame(1001, "bye")),
      ),
    );
    const seen = await probe(attemptOf("websocket"), endpointAt(server.port), deadline());
    expect(seen).toMatchObject({ witness: NOTHING, close: { by: "server", code: 1001, reason: "bye" } });
    expect(seen.failure).toBeUndefined();
  });

  it("that never answers the Close frame ends all the same, without a time for it", async () => {
    const { seen } = await upgraded((peer) => peer.send(frame(REPORT)));
    expect(seen).toMatchObject({ witness: NOTHING, close: { by: "client" } });
    expect(seen.timings!.close).toBeUndefined();
    expect(seen.durationMs).toBeLessThan(5000);
  });
});
