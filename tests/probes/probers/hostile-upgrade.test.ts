import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CLOSE_MS } from "../../../probes/probers/conversation.ts";
import { attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { UPGRADES, attack, attackUpgraded, flood } from "../../support/hostile-server.ts";
import { reportOf } from "../../support/hostile-witness.ts";
import { eventually, startRawServer } from "../../support/raw-sockets.ts";
import { acceptOf, closeFrame, frame, switching } from "../../support/websocket-bytes.ts";

const opened = closeAfterEach();

describe.each(UPGRADES)("%s, on an upgrade that", (...upgrade) => {
  it.each<[string, (accept: string) => string, RegExp]>([
    ["answers another handshake's key", () => switching("d3Jvbmc="), /Sec-WebSocket-Accept/],
    [
      "answers no key",
      (accept) => switching(accept).replace("Sec-WebSocket-Accept", "X-Accept"),
      /Sec-WebSocket-Accept/,
    ],
    [
      "selects a subprotocol that was not offered",
      (accept) => switching(accept, ["Sec-WebSocket-Protocol: evil"]),
      /subprotocol/,
    ],
    [
      "accepts an extension that nobody offered",
      (accept) => switching(accept, ["Sec-WebSocket-Extensions: permessage-deflate"]),
      /Sec-WebSocket-Extensions/,
    ],
    ["names another protocol", (accept) => switching(accept).replace("websocket", "h2c"), /Upgrade/],
    [
      "has no Connection: Upgrade",
      (accept) => switching(accept).replace("Connection: Upgrade", "Connection: close"),
      /Connection|hang up|Upgrade/,
    ],
  ])("%s, is refused in words of its own", async (_, answer, words) => {
    const seen = await attack(upgrade, (peer, head) => peer.send(answer(acceptOf(head)) + frame("{}")));
    expect(["handshake", "response"]).toContain(seen.failure!.phase);
    expect(seen.failure!.message).toMatch(words);
    expect(seen.failure!.message).not.toContain("evil");
    expect(seen.timings!.upgrade).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ["compressed though nothing was negotiated", frame("x", 0xc1), /RSV1/],
    ["masked", "\u0081\u0081abcdx", /mask/i],
    ["of a reserved opcode", frame("x", 0x83), /opcode/],
    ["a fragment of nothing", frame("x", 0x80), /opcode 0|continues no message/],
    ["a message inside another", frame("x", 0x01) + frame("y", 0x81), /opcode 1|inside another/],
    ["a fragmented ping", frame("x", 0x09), /FIN|fragmented/],
    ["a ping of 126 bytes", frame("x".repeat(126), 0x89), /payload length|125/],
    ["text that is not UTF-8", frame("\u00ff\u00fe"), /UTF-?8/],
    ["a Close frame with half a code", frame("\u0003", 0x88), /payload length|half a code/],
    ["a Close frame with a code that none may have", closeFrame(1006), /status code|1006/],
    ["longer than a mebibyte", "\u0081\u007f\u0000\u0000\u0000\u0000\u0000\u0020\u0000\u0000", /payload|larger/],
    [
      "of a length that no number holds",
      "\u0081\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
      /payload|larger/,
    ],
  ])("sends a frame that is %s, is refused", async (_, bytes, words) => {
    const seen = await attackUpgraded(upgrade, (peer) => peer.send(bytes));
    expect(seen).toMatchObject({ response: { status: 101 }, failure: { phase: "frame", during: "firstMessage" } });
    expect(seen.failure!.message).toMatch(words);
  });

  it.each([
    ["pings", frame("still here", 0x89)],
    ["empty fragments", frame("", 0x00)],
    ["fragments", frame("x".repeat(100), 0x00)],
  ])("sends %s without end, stops", async (what, bytes) => {
    const before = process.memoryUsage().rss;
    const seen = await attackUpgraded(
      upgrade,
      (peer) => {
        if (what !== "pings") peer.send(frame("x", 0x01));
        flood(peer, bytes);
      },
      5000,
    );
    expect(["frame", "deadline"]).toContain(seen.failure!.phase);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it.each([
    ["though nothing was negotiated", ""],
    ["and says that it was negotiated", "Sec-WebSocket-Extensions: permessage-deflate"],
  ])("sends a thousandfold compressed message %s, is refused and not unpacked", async (_, line) => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, "[")).toString("latin1");
    const before = process.memoryUsage().rss;
    const seen = await attack(upgrade, (peer, head) =>
      peer.send(switching(acceptOf(head), line === "" ? [] : [line]) + frame(bomb, 0xc1)),
    );
    expect(seen.failure!.phase).toBe(line === "" ? "frame" : "handshake");
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it.each([
    ["messages", frame("and another thing")],
    ["pings", frame("still here", 0x89)],
    ["a message", frame("x", 0x01) + frame("", 0x00).repeat(50)],
  ])("sends %s without end once it has told the truth, is left within the time for a close", async (_, bytes) => {
    const server = opened(
      await startRawServer(async (peer) => {
        const head = await peer.requestHead();
        peer.send(switching(acceptOf(head)) + frame(reportOf(head)));
        flood(peer, bytes);
      }),
    );
    const before = process.memoryUsage().rss;
    const seen = await upgrade[2](attemptOf("websocket"), endpointAt(server.port), deadline());
    expect(seen.witness).toMatchObject({ nonce: "nonce-1" });
    expect(seen.failure).toBeUndefined();
    expect(seen.durationMs).toBeLessThan(CLOSE_MS + 5000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    await eventually(async () => (await server.open()) === 0);
  });

  it.each([
    ["after the 101", ""],
    ["within a frame", "\u0081\u0010half"],
    ["within the head of a frame", "\u0081"],
  ])("ends %s, says that no message came", async (_, bytes) => {
    for (const end of ["FIN", "RST"] as const) {
      const seen = await attackUpgraded(upgrade, async (peer) => {
        if (bytes !== "") await new Promise((resolve) => peer.socket.write(bytes, "latin1", resolve));
        if (end === "RST") setTimeout(() => peer.socket.resetAndDestroy(), 100);
        else peer.socket.end();
      });
      expect(seen.failure, end).toMatchObject({ phase: "witness", during: "firstMessage" });
      expect(seen.response!.status).toBe(101);
    }
  });

  it("is followed by silence, ends at the deadline and says what was waited for", async () => {
    const seen = await attackUpgraded(upgrade, () => undefined, 300);
    expect(seen).toMatchObject({
      response: { status: 101 },
      failure: { phase: "deadline", during: "firstMessage" },
    });
    expect(seen.timings!.upgrade).toBeGreaterThan(0);
  });

  it("is closed with terminal escapes in the reason, shows them without sending them", async () => {
    const seen = await attackUpgraded(upgrade, (peer) => peer.send(closeFrame(1011, "\u001b[2Jgone\u0007")));
    expect(seen.close).toMatchObject({ by: "server", code: 1011 });
    expect(seen.failure!.message).toContain("\\x1b[2Jgone\\x07");
  });
});
