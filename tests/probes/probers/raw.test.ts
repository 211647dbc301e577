import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { WITNESS_SCHEMA } from "../../../contract/probe-protocol.ts";
import type { Case } from "../../../probes/facts/case.ts";
import { probeRaw } from "../../../probes/probers/raw.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { OK, closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
const TARGET = "/ws?a=1";
const NOTHING = { schema: WITNESS_SCHEMA, nonce: "n", service: "s", revision: "r", headers: [] };
const REPORT = JSON.stringify(NOTHING);

/** Sends these lines and gives the bytes that arrived, up to the blank line, beside the observation. */
async function sendRaw(protocol: Case["protocol"], lines: readonly HeaderLine[], answer: string = OK) {
  let arrived = "";
  const server = opened(
    await startRawServer(async (peer) => {
      arrived = await peer.until((text) => text.endsWith("\r\n\r\n"));
      peer.send(answer);
    }),
  );
  const attempt = attemptOf(protocol, lines, { target: TARGET });
  const seen = await probeRaw(attempt, endpointAt(server.port), deadline());
  return { arrived, seen, server };
}

describe("the bytes of a plain GET", () => {
  it("are its lines after those that every request needs", async () => {
    const { arrived } = await sendRaw("http", [["X-A", "1"]]);
    expect(arrived).toBe(
      `GET ${TARGET} HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: headgate\r\nConnection: close\r\nX-A: 1\r\n\r\n`,
    );
  });

  it.each<[string, HeaderLine[]]>([
    [
      "case, order and duplicates",
      [
        ["X-B", "1"],
        ["x-b", "2"],
        ["A", "3"],
        ["X-B", "1"],
      ],
    ],
    ["an empty value", [["X-Empty", ""]]],
    ["blanks inside and around a value", [["X-A", "  a  b\t "]]],
    ["characters of 8 bits", [["X-A", "caf\u00e9 \u0080\u00ff"]]],
    ["control characters", [["X-A", "a\u0001\u001b[31m\u007f"]]],
    ["an underscore in a name", [["x_under", "1"]]],
    [
      "names that are no tokens",
      [
        ["X A", "1"],
        ["X(a)", "2"],
        ["\u00e9", "3"],
        ["", "4"],
      ],
    ],
    [
      "several lines of Cookie, Authorization and subprotocol",
      [
        ["Cookie", "a=1"],
        ["Authorization", "Bearer 1"],
        ["Cookie", "b=2"],
        ["Authorization", "Basic 2"],
        ["Sec-WebSocket-Protocol", "one"],
        ["Sec-WebSocket-Protocol", "two"],
      ],
    ],
    [
      "TE and Trailer",
      [
        ["TE", "trailers"],
        ["Trailer", "X-T"],
      ],
    ],
    ["a folded line", [["X-Folded", "one\r\n two\r\n\tthree"]]],
    ["a value of 40 KB", [["Authorization", `Bearer ${"t".repeat(40 * 1024)}`]]],
    ["200 cookies", Array.from({ length: 200 }, (_, index) => ["Cookie", `c${index}=${index}`] as const)],
  ])("keep %s", async (_, lines) => {
    const { arrived } = await sendRaw("http", lines);
    const own = arrived.slice(arrived.indexOf("Connection: close\r\n") + "Connection: close\r\n".length);
    expect(own).toBe(`${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  });

  it.each<[string, HeaderLine]>([
    ["Connection", ["Connection", "keep-alive, X-A"]],
    ["Host", ["host", "other.example.com"]],
    ["User-Agent", ["user-agent", "mine"]],
  ])("leave out a needed %s where the lines have one", async (name, line) => {
    const { arrived } = await sendRaw("http", [line]);
    expect(arrived.toLowerCase().split(`${name.toLowerCase()}:`)).toHaveLength(2);
    expect(arrived).toContain(`\r\n${line[0]}: ${line[1]}\r\n`);
  });

  it.each<[string, HeaderLine]>([
    ["a line break in a value", ["X-A", "secret\r\nX-B: 1"]],
    ["a bare line feed", ["X-A", "secret\nX-B: 1"]],
    ["a fold that ends the head", ["X-A", "secret\r\n \r\n\r\nGET / HTTP/1.1"]],
    ["a line break in a name", ["secret\r\nX-B", "1"]],
    ["a NUL", ["X-A", "secret\0"]],
    ["a character beyond 8 bits", ["X-A", "secret\u20ac"]],
  ])("are none for %s: nothing is connected, and its words repeat nothing of it", async (_, line) => {
    const { seen, server } = await sendRaw("http", [line]);
    expect(seen).toMatchObject({ prober: "raw", failure: { phase: "send" } });
    expect(JSON.stringify(seen)).not.toContain("secret");
    expect(server.peers).toHaveLength(0);
  });
});

describe("what was sent, as it is recorded", () => {
  it("is every line, with folds and outer blanks taken as a recipient takes them", async () => {
    const { seen } = await sendRaw("http", [
      ["X A", " a "],
      ["x", "1\r\n 2"],
      ["", "v"],
      ["X-8", "\u00e9"],
    ]);
    expect(seen.sent!.slice(-4)).toEqual([
      ["X A", "a"],
      ["x", "1 2"],
      ["", "v"],
      ["X-8", "\u00e9"],
    ]);
    expect(seen.failure).toBeUndefined();
  });

  it("is not what was meant when a name holds a colon: that is another header", async () => {
    const { seen } = await sendRaw("http", [["X-A: b", "1"]]);
    expect(seen).toMatchObject({ response: { status: 200 }, failure: { phase: "send" } });
    expect(seen.failure!.message).toContain("X-A: b");
  });
});

describe("the bytes of an upgrade", () => {
  it("are those of RFC 6455 §4.1, then the lines, and no extension is offered", async () => {
    const { arrived } = await sendRaw("websocket", [["Sec-WebSocket-Protocol", "one, two"]]);
    expect(arrived).toMatch(
      /^GET \/ws\?a=1 HTTP\/1\.1\r\nHost: api\.example\.com\r\nUser-Agent: headgate\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\nSec-WebSocket-Protocol: one, two\r\n\r\n$/,
    );
  });

  it("have a fresh key each time", async () => {
    const keys = await Promise.all([1, 2].map(async () => (await sendRaw("websocket", [])).arrived));
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each<[string, HeaderLine[], string]>([
    ["another Upgrade value", [["Upgrade", "h2c"]], "\r\nUpgrade: h2c\r\n"],
    ["several Upgrade values", [["Upgrade", "foo, websocket"]], "\r\nUpgrade: foo, websocket\r\n"],
    ["a Connection list", [["Connection", "Upgrade, Authorization"]], "\r\nConnection: Upgrade, Authorization\r\n"],
    [
      "two subprotocol lines",
      [
        ["Sec-WebSocket-Protocol", "a"],
        ["sec-websocket-protocol", "b"],
      ],
      "\r\nSec-WebSocket-Protocol: a\r\nsec-websocket-protocol: b\r\n",
    ],
    ["an old version", [["Sec-WebSocket-Version", "8"]], "\r\nSec-WebSocket-Version: 8\r\n"],
  ])("keep %s", async (_, lines, expected) => {
    const { arrived } = await sendRaw("websocket", lines);
    expect(arrived).toContain(expected);
    for (const [name] of lines)
      expect(arrived.toLowerCase().split(`\r\n${name.toLowerCase()}:`)).toHaveLength(1 + lines.length);
  });
});

describe("an answer to a plain GET", () => {
  it("of a witness is its report", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const seen = await probeRaw(attemptOf("http", [["X-A", "1"]]), endpointAt(witness.port), deadline());
    expect(seen).toMatchObject({ prober: "raw", response: { status: 200, body: "" }, witness: { nonce: "nonce-1" } });
    expect(seen.witness!.headers).toEqual(seen.sent);
    expect(seen.failure).toBeUndefined();
  });

  it.each([
    ["a length", `Content-Length: ${REPORT.length}\r\n\r\n${REPORT}`],
    [
      "chunks",
      `Transfer-Encoding: chunked\r\n\r\n5;x=y\r\n${REPORT.slice(0, 5)}\r\n${(REPORT.length - 5).toString(16)}\r\n${REPORT.slice(5)}\r\n0\r\nT: 1\r\n\r\n`,
    ],
    ["folded and empty lines", `X-F: a\r\n b\r\nX-E:\r\nContent-Length: ${REPORT.length}\r\n\r\n${REPORT}`],
  ])("with %s is read", async (_, rest) => {
    const { seen } = await sendRaw("http", [], `HTTP/1.1 200 OK\r\n${rest}`);
    expect(seen.witness).toEqual(NOTHING);
    expect(seen.failure).toBeUndefined();
  });

  it("without a length is read to the end of the connection", async () => {
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.requestHead();
        peer.socket.end(`HTTP/1.0 200 OK\r\n\r\n${REPORT}`);
      }),
    );
    const seen = await probeRaw(attemptOf("http"), endpointAt(server.port), deadline());
    expect(seen.witness).toEqual(NOTHING);
  });

  it("byte by byte is the same answer", async () => {
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.requestHead();
        peer.socket.setNoDelay(true);
        for (const byte of `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`) {
          peer.send(byte);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
    const seen = await probeRaw(attemptOf("http"), endpointAt(server.port), deadline());
    expect(seen).toMatchObject({ response: { status: 200, body: "{}" } });
  });

  it("is the final one: interim answers are passed over, redirects are not followed", async () => {
    const { seen, server } = await sendRaw(
      "http",
      [],
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n",
    );
    expect(seen.response).toMatchObject({ status: 302 });
    expect(seen.response!.headers).toContainEqual(["Location", "/else"]);
    expect(server.peers).toHaveLength(1);
  });
});
