import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../http/header-list.ts";
import { OK, answerOk, closeAfterEach, get, post, startEdge } from "../../support/emulated-edge.ts";
import { eventually, requestBytes } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

/** Sends bytes through the edge to a backend that answers with others. */
async function exchanged(bytes: string, answer: string | ((peer: RawPeer) => unknown)) {
  const reply = async (peer: RawPeer): Promise<void> => {
    await peer.requestHead();
    peer.send(answer as string);
  };
  const edge = opened(await startEdge({ answer: typeof answer === "string" ? reply : answer }));
  const client = await edge.client();
  client.send(bytes);
  return { edge, client };
}

describe("request bodies arrive byte for byte", () => {
  const BYTES = "a\u0000b\u00ff\r\n\r\nGET / HTTP/1.1\r\n\r\n";
  const CHUNKED = "4;ext=1\r\na\u0000b\u00ff\r\n10\r\n\r\n\r\n0123456789ab\r\n0\r\nX-T: t\r\n\r\n";

  it.each([
    ["counted", [`Content-Length: ${BYTES.length}`], BYTES],
    ["chunked, with extension and trailer", ["Transfer-Encoding: chunked"], CHUNKED],
    ["counted, of no bytes", ["Content-Length: 0"], ""],
  ])("%s", async (_, lines, body) => {
    const arrived: string[] = [];
    const { client } = await exchanged(post(lines, body), async (peer) => {
      await peer.requestHead();
      arrived.push(await peer.take(body.length));
      peer.send(OK);
    });
    expect((await client.responseHead()).status).toBe(200);
    expect(arrived).toEqual([body]);
  });

  it("in pieces, each cut where it hurts", async () => {
    const arrived: string[] = [];
    const { edge, client } = await exchanged(post(["Transfer-Encoding: chunked"], ""), async (peer) => {
      await peer.requestHead();
      arrived.push(await peer.take(CHUNKED.length));
      peer.send(OK);
    });
    const peer = await edge.backend.peer();
    for (const [index, byte] of [...CHUNKED].entries()) {
      client.send(byte);
      if (index < 8) await eventually(() => peer.received.length > index || arrived.length > 0);
    }
    expect((await client.responseHead()).status).toBe(200);
    expect(arrived).toEqual([CHUNKED]);
  });

  it("of a megabyte, with the next request right behind", async () => {
    const body = "0123456789abcdef".repeat(65_536);
    const arrived: string[] = [];
    const { client } = await exchanged(
      post([`Content-Length: ${body.length}`], body) + get(["X-Second: 2"]),
      async (peer) => {
        const head = await peer.requestHead();
        if (head.method === "POST") arrived.push(await peer.take(body.length));
        else arrived.push(valuesOf(head.headers, "x-second").join());
        peer.send(OK);
      },
    );
    for (let count = 0; count < 2; count++) {
      expect((await client.responseHead()).status).toBe(200);
      await client.take(2);
    }
    expect(arrived[0] === body).toBe(true);
    expect(arrived[1]).toBe("2");
  });

  it.each([
    ["both Content-Length and Transfer-Encoding", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["a Content-Length that is no number", ["Content-Length: 5x"]],
    ["a Transfer-Encoding other than chunked", ["Transfer-Encoding: gzip"]],
  ])("%s is refused, and nothing reaches the backend", async (_, lines) => {
    const { edge, client } = await exchanged(post(lines, "0\r\n\r\nX"), () => undefined);
    const head = await client.responseHead();
    expect([head.status, valuesOf(head.headers, "connection")]).toEqual([400, ["close"]]);
    await client.untilEnd();
    expect(edge.backend.peers).toHaveLength(0);
  });

  it("a client that ends in the middle of its body harms no other", async () => {
    const { edge, client } = await exchanged(post(["Content-Length: 10"], "abc"), async (peer) => {
      if ((await peer.requestHead()).method === "GET") peer.send(OK);
    });
    const peer = await edge.backend.peer();
    await peer.until((text) => text.endsWith("abc"));
    client.socket.end();
    await peer.untilEnd();
    const next = await edge.client();
    next.send(get());
    expect((await next.responseHead()).status).toBe(200);
  });

  it("100-continue lets the client send", async () => {
    const { client } = await exchanged(post(["Content-Length: 3", "Expect: 100-continue"], ""), async (peer) => {
      expect(valuesOf((await peer.requestHead()).headers, "expect")).toEqual(["100-continue"]);
      peer.send("HTTP/1.1 100 Continue\r\n\r\n");
      expect(await peer.take(3)).toBe("abc");
      peer.send(OK);
    });
    expect((await client.responseHead()).status).toBe(100);
    client.send("abc");
    expect((await client.responseHead()).status).toBe(200);
    expect(await client.take(2)).toBe("ok");
  });
});

describe("answers", () => {
  it.each([
    ["counted", "Content-Length: 5", "hello"],
    ["chunked", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"],
  ])("%s come back byte for byte, and the connection lives on", async (_, line, body) => {
    const { client } = await exchanged(get(), `HTTP/1.1 203 Quite So\r\nX-B: 1\r\n${line}\r\nx-b: 2\r\n\r\n${body}`);
    for (let count = 0; count < 2; count++) {
      const head = await client.responseHead();
      expect([head.status, head.reason]).toEqual([203, "Quite So"]);
      expect(valuesOf(head.headers, "X-B")).toEqual(["1", "2"]);
      expect(valuesOf(head.headers, "via")).toEqual(["1.1 google"]);
      expect(await client.take(body.length)).toBe(body);
      if (count === 0) client.send(get());
    }
  });

  it.each([
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"],
    ["GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"],
  ])("without a body: %s and %j", async (method, answer) => {
    const { client } = await exchanged(requestBytes(`${method} /ws HTTP/1.1`, ["Host: api.example.com"]), answer);
    await client.responseHead();
    client.send(requestBytes(`${method} /ws HTTP/1.1`, ["Host: api.example.com"]));
    expect((await client.responseHead()).status).toBe(Number(answer.slice(9, 12)));
    expect(client.text).toBe("");
  });

  it("without a length run until the backend closes, and say that the connection ends", async () => {
    const { client } = await exchanged(get(), async (peer) => {
      await peer.requestHead();
      peer.send("HTTP/1.1 200 OK\r\n\r\nuntil ");
      peer.socket.end("the end");
    });
    const head = await client.responseHead();
    expect(valuesOf(head.headers, "connection")).toEqual(["close"]);
    expect(await client.untilEnd()).toBe("until the end");
  });

  it("lose the backend's hop-by-hop lines, but not their framing", async () => {
    const { client } = await exchanged(
      get(),
      "HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    const { headers } = await client.responseHead();
    expect(headers.map(([name]) => name)).toEqual(["Transfer-Encoding", "via"]);
  });

  it("end the connection when the client asked for it", async () => {
    const { client } = await exchanged(get(["Connection: close"]), OK);
    expect(valuesOf((await client.responseHead()).headers, "connection")).toEqual(["close"]);
    expect(await client.untilEnd()).toBe("ok");
  });

  it("of two pipelined requests come in order", async () => {
    let count = 0;
    const { client } = await exchanged(get() + get(), async (peer) => {
      await peer.requestHead();
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${++count}`);
    });
    for (const wanted of ["1", "2"]) {
      await client.responseHead();
      expect(await client.take(1)).toBe(wanted);
    }
  });

  it.each([
    ["replaced", ["edge"]],
    ["appended", ["app", "edge"]],
  ])("carry the response actions of the configuration, a literal that is %s", async (reading, more) => {
    const patch = ({ urlMap }: { urlMap: Record<string, unknown> }): void => {
      const written = { header_name: "X-Set", header_value: "edge", replace: true };
      const open = { header_name: "X-More", header_value: "edge", replace: false };
      urlMap["header_action"] = {
        response_headers_to_remove: ["x-gone"],
        response_headers_to_add: [written, open],
      };
    };
    const answer = async (peer: RawPeer): Promise<void> => {
      await peer.requestHead();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Gone: 1\r\nX-Set: app\r\nX-More: app\r\n\r\n");
    };
    const edge = opened(
      await startEdge({ patch, answer, emulator: { assumptions: { "replace-false-literal": reading } } }),
    );
    const client = await edge.client();
    client.send(get());
    const { headers } = await client.responseHead();
    expect(valuesOf(headers, "x-gone")).toEqual([]);
    expect(valuesOf(headers, "x-set")).toEqual(["edge"]);
    expect(valuesOf(headers, "x-more")).toEqual(more);
  });
});

describe("a backend that fails before it answers gives 503 (H25)", () => {
  it.each<[string, (peer: RawPeer) => unknown]>([
    ["closes at once", (peer) => peer.socket.end()],
    ["resets", async (peer) => (await peer.requestHead(), peer.socket.resetAndDestroy())],
    ["stops within its head", async (peer) => (await peer.requestHead(), peer.socket.end("HTTP/1.1 200 OK\r\nX-"))],
    ["speaks something else", async (peer) => (await peer.requestHead(), peer.send("SSH-2.0-x\r\n\r\n"))],
    ["has a head of 200 KB", async (peer) => (await peer.requestHead(), peer.send(longHead()))],
  ])("%s", async (_, answer) => {
    const { client } = await exchanged(get(), answer);
    const head = await client.responseHead();
    expect(head.status).toBe(503);
    expect(valuesOf(head.headers, "connection")).toEqual(["close"]);
    await client.untilEnd();
  });
});

it("a body that breaks off ends the connection, and nothing is put in its place", async () => {
  const { client } = await exchanged(get(), async (peer) => {
    await peer.requestHead();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    peer.socket.end();
  });
  await client.responseHead();
  expect(await client.untilEnd()).toBe("short");
});

it("a client that leaves takes its backend connection along", async () => {
  const edge = opened(await startEdge());
  const client = await edge.client();
  client.send(get());
  const peer = await edge.backend.peer();
  await peer.requestHead();
  // Merely to end its side would say that it has nothing more to send, and still waits.
  client.socket.resetAndDestroy();
  await peer.untilEnd();
});

it("one slow exchange does not hold up another", async () => {
  let seen = 0;
  const edge = opened(await startEdge({ answer: (peer) => (seen++ > 0 ? answerOk(peer) : undefined) }));
  const [slow, quick] = [await edge.client(), await edge.client()];
  slow.send(get());
  await edge.backend.peer(0);
  quick.send(get());
  expect((await quick.responseHead()).status).toBe(200);
  expect(slow.text).toBe("");
});

function longHead(): string {
  return `HTTP/1.1 200 OK\r\nX-Long: ${"v".repeat(200 * 1024)}\r\n\r\n`;
}
