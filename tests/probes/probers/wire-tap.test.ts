import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { tapSocket } from "../../../probes/probers/wire-tap.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

async function tapped() {
  const server = opened(await startRawServer());
  const socket = connect(server.port, "127.0.0.1");
  opened({ close: () => socket.destroy() });
  return { socket, tap: tapSocket(socket), server };
}

const HEAD = "GET / HTTP/1.1\r\nX-B: \u00e9\r\nx-b: 2\r\n\r\n";

describe("a tapped socket", () => {
  it("has sent no head before its blank line was written", async () => {
    const { socket, tap } = await tapped();
    expect(tap.sentHead()).toBeUndefined();
    socket.write(HEAD.slice(0, -1), "latin1");
    expect(tap.sentHead()).toBeUndefined();
    socket.write("\n");
    expect(tap.sentHead()).toMatchObject({ method: "GET", target: "/" });
  });

  it.each<[string, (write: (chunk: Buffer | string, encoding?: BufferEncoding) => unknown) => void]>([
    ["latin1 text", (write) => write(HEAD, "latin1")],
    ["bytes", (write) => write(Buffer.from(HEAD, "latin1"))],
    ["single bytes", (write) => [...HEAD].forEach((one) => write(one, "latin1"))],
    ["hexadecimal text", (write) => write(Buffer.from(HEAD, "latin1").toString("hex"), "hex")],
  ])("keeps the bytes of %s, and they are those that arrive", async (_, send) => {
    const { socket, tap, server } = await tapped();
    send((chunk, encoding) => (encoding === undefined ? socket.write(chunk) : socket.write(chunk, encoding)));
    const peer = await server.peer();
    expect(await peer.take(HEAD.length)).toBe(HEAD);
    expect(tap.sentHead()!.headers).toEqual([
      ["X-B", "\u00e9"],
      ["x-b", "2"],
    ]);
  });

  it("counts text without an encoding as UTF-8, as the socket does", async () => {
    const { socket, tap, server } = await tapped();
    socket.write("GET / HTTP/1.1\r\nX: \u00e9\r\n\r\n");
    const head = await (await server.peer()).requestHead();
    expect(tap.sentHead()!.headers).toEqual(head.headers);
    expect(head.headers).toEqual([["X", "\u00c3\u00a9"]]);
  });

  it("keeps the first head only", async () => {
    const { socket, tap } = await tapped();
    socket.write(`${HEAD}body`, "latin1");
    socket.write("GET /second HTTP/1.1\r\n\r\n");
    expect(tap.sentHead()!.target).toBe("/");
  });

  it("calls back and tells of back-pressure, as before", async () => {
    const { socket } = await tapped();
    await new Promise((resolve) => socket.write("x", resolve));
    await new Promise((resolve) => socket.write("x", "latin1", resolve));
    expect(socket.write(Buffer.alloc(10_000_000))).toBe(false);
  });

  it("keeps no head that is not one", async () => {
    const { socket, tap } = await tapped();
    socket.write("nonsense\r\n\r\n");
    expect(tap.sentHead()).toBeUndefined();
  });
});
