import { describe, expect, it } from "vitest";
import type { RequestHead } from "../../../http/head.ts";
import { valuesOf } from "../../../http/header-list.ts";
import { startEmulator } from "../../../probes/emulator/start.ts";
import { HOST, addRedirectListener, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { OK, answerOk, closeAfterEach, get, handshake, post, startEdge } from "../../support/emulated-edge.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { closedPort, eventually, rawClient, rawTlsClient, requestBytes } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

/** The head that reaches the backend when the client writes exactly these bytes. */
async function arrival(bytes: string, patch?: (edge: SmallEdge) => void): Promise<RequestHead> {
  const heads: RequestHead[] = [];
  const answer = async (peer: { requestHead: () => Promise<RequestHead>; send: (bytes: string) => void }) => {
    heads.push(await peer.requestHead());
    peer.send(OK);
  };
  const edge = opened(await startEdge({ answer, ...(patch !== undefined && { patch }) }));
  const client = await edge.client();
  client.send(bytes);
  expect((await client.responseHead()).status).toBe(200);
  return heads[0]!;
}

/** The answer to these bytes, and how many connections the backend has seen by then. */
async function refusal(bytes: string, patch?: (edge: SmallEdge) => void) {
  const edge = opened(await startEdge({ answer: answerOk, ...(patch !== undefined && { patch }) }));
  const client = await edge.client();
  client.send(bytes);
  const head = await client.responseHead();
  const length = Number(valuesOf(head.headers, "content-length")[0]);
  return { head, status: head.status, body: await client.take(length), reached: edge.backend.peers.length };
}

describe("what arrives at the backend", () => {
  it("has names in lower case, and lines in the order sent, duplicates kept", async () => {
    const { method, target, version, headers } = await arrival(
      get(["X-B: 2", "X-A: 1", "x-b: 3", "AUTHORIZATION: Bearer c"], "/ws?q=1"),
    );
    expect([method, target, version]).toEqual(["GET", "/ws?q=1", "1.1"]);
    expect(headers.slice(0, 5)).toEqual([
      ["host", HOST],
      ["x-b", "2"],
      ["x-a", "1"],
      ["x-b", "3"],
      ["authorization", "Bearer c"],
    ]);
  });

  it("has no hop-by-hop line, and those that the edge adds", async () => {
    const { headers } = await arrival(
      get(["Connection: keep-alive", "Keep-Alive: 5", "TE: trailers", "Proxy-Authorization: Basic x", "Trailer: X-T"]),
    );
    expect(headers.map(([name]) => name)).toEqual([
      ...["host", "via", "x-forwarded-proto", "x-forwarded-for", "x-cloud-trace-context", "forwarded", "traceparent"],
    ]);
    expect(headers.slice(1, 4)).toEqual([
      ["via", "1.1 google"],
      ["x-forwarded-proto", "https"],
      ["x-forwarded-for", "127.0.0.1,127.0.0.1"],
    ]);
  });

  it("keeps 8-bit bytes, inner blanks and empty values", async () => {
    const { headers } = await arrival(
      get(["X-Bytes: \u0080\u00ff\u00e9", "X-Blank:  a \t b  ", "X-Empty:", "X-None: "]),
    );
    expect(headers.slice(1, 5)).toEqual([
      ["x-bytes", "\u0080\u00ff\u00e9"],
      ["x-blank", "a \t b"],
      ["x-empty", ""],
      ["x-none", ""],
    ]);
  });

  it("keeps two Cookie lines and two subprotocol lines apart", async () => {
    const lines = ["Cookie: a=1", "Sec-WebSocket-Protocol: one", "Cookie: b=2", "Sec-WebSocket-Protocol: two, three"];
    const { headers } = await arrival(handshake(lines));
    expect(valuesOf(headers, "cookie")).toEqual(["a=1", "b=2"]);
    expect(valuesOf(headers, "sec-websocket-protocol")).toEqual(["one", "two, three"]);
  });

  it("passes a name with an underscore", async () => {
    expect(valuesOf((await arrival(get(["x_under: 1"]))).headers, "x_under")).toEqual(["1"]);
  });

  it("has the upgrade pair regenerated, once, whatever the client wrote", async () => {
    const wanted = get(["upgrade: WebSocket", "CONNECTION: keep-alive, UPGRADE"]);
    const { headers } = await arrival(wanted);
    expect(valuesOf(headers, "upgrade")).toEqual(["websocket"]);
    expect(valuesOf(headers, "connection")).toEqual(["Upgrade"]);
  });

  it("keeps a value of 40 KB", async () => {
    const value = "v".repeat(40 * 1024);
    expect(valuesOf((await arrival(handshake([`X-Long: ${value}`]))).headers, "x-long")).toEqual([value]);
  });

  it.each(["http", "websocket"])("carries header actions on %s", async (protocol) => {
    const lines = ["Authorization: Bearer c", "X-A: mine", "X-Keep: k"];
    const { headers } = await arrival(protocol === "http" ? get(lines) : handshake(lines), ({ urlMap, backend }) => {
      urlMap["header_action"] = { request_headers_to_remove: ["authorization"] };
      backend["custom_request_headers"] = ["X-A: b"];
    });
    expect(valuesOf(headers, "authorization")).toEqual([]);
    expect(valuesOf(headers, "x-a")).toEqual(["b"]);
    expect(valuesOf(headers, "x-keep")).toEqual(["k"]);
  });

  it("is the same for the same seed, and differs from request to request", async () => {
    const traceIds = async (seed: number): Promise<string[]> => {
      const seen: string[] = [];
      const answer = async (peer: { requestHead: () => Promise<RequestHead>; send: (bytes: string) => void }) => {
        seen.push(valuesOf((await peer.requestHead()).headers, "x-cloud-trace-context")[0]!);
        peer.send(OK);
      };
      const edge = opened(await startEdge({ answer, emulator: { seed } }));
      const client = await edge.client();
      for (let count = 0; count < 2; count++) {
        client.send(get());
        await client.responseHead();
        await client.take(2);
      }
      return seen;
    };
    const [first, same, other] = [await traceIds(7), await traceIds(7), await traceIds(8)];
    expect(first).toEqual(same);
    expect(first).not.toEqual(other);
    expect(first[0]).not.toBe(first[1]);
    expect(first[0]).toMatch(/^[0-9a-f]{32}\/1;o=1$/);
  });
});

describe("what the edge answers itself, without the backend", () => {
  it.each([
    ["a # in the target", get([], "/ws#x"), 400],
    ["a head of more than 60 KiB", get([`X-Long: ${"v".repeat(60 * 1024)}`]), 431],
    ["a head of more than 256 KiB", get([`X-Long: ${"v".repeat(300 * 1024)}`]), 431],
    ["a name with a blank", get(["X A: 1"]), 502],
    ["a blank before the colon", get(["X-A : 1"]), 502],
    ["a control character in a value", get(["X-A: a\u0001b"]), 502],
    ["an upgrade to foo", get(["Upgrade: foo", "Connection: Upgrade"]), 403],
    ["two Content-Length lines", post(["Content-Length: 2", "Content-Length: 2", "Connection: close"], "ab"), 502],
    ["two Host lines", get(["Host: api.example.com"]), 502],
    ["a line without a colon", get(["nonsense"]), 400],
    ["a folded line", get(["X-A: 1", " folded"]), 400],
    ["a start line that is none", "HELLO\r\n\r\n", 400],
  ])("%s", async (_, bytes, status) => {
    const answer = await refusal(bytes);
    expect(answer).toMatchObject({ status, reached: 0 });
    expect(valuesOf(answer.head.headers, "via")).toEqual(["1.1 google"]);
    expect(answer.body).not.toBe("");
  });

  it.each<[string, (edge: SmallEdge) => unknown, string]>([
    ["a header that cannot be told", ({ template }) => (template["service_mesh"] = {}), "sidecar"],
    ["a request that may be refused", ({ service }) => (service["ingress"] = "INGRESS_TRAFFIC_NONE"), "ingress"],
  ])("%s: 501 with the reason, on either protocol", async (_, patch, says) => {
    for (const bytes of [get(), handshake()]) {
      const answer = await refusal(bytes, patch);
      expect(answer).toMatchObject({ status: 501, reached: 0 });
      expect(answer.body).toContain(says);
    }
  });

  it.each([
    ["http", get()],
    ["websocket", handshake()],
  ])("an unknown outcome on %s: 501 with the reason", async (_, bytes) => {
    const answer = await refusal(bytes, ({ routeRule }) => (routeRule["service"] = "${var.backend}"));
    expect(answer).toMatchObject({ status: 501, reached: 0 });
    expect(answer.body).toContain("the emulated edge cannot tell: ");
    expect(answer.body).toContain("variable backend");
  });

  it("a handshake for an h2c port: 503", async () => {
    const h2c = ({ ports }: SmallEdge): void => void (ports["name"] = "h2c");
    expect(await refusal(handshake(), h2c)).toMatchObject({ status: 503, reached: 0 });
    expect((await arrival(get(), h2c)).method).toBe("GET");
  });

  it("a service that nobody stands in for: 503 with its address", async () => {
    const answer = await refusal(get([], "/other"));
    expect(answer).toMatchObject({ status: 503, reached: 0 });
    expect(answer.body).toContain("google_cloud_run_v2_service.web");
  });

  it("keeps the connection for the next request, and closes it when asked", async () => {
    const edge = opened(await startEdge({ answer: answerOk }));
    const client = await edge.client();
    client.send(get([], "/other"));
    const head = await client.responseHead();
    await client.take(Number(valuesOf(head.headers, "content-length")[0]));
    client.send(get());
    expect((await client.responseHead()).status).toBe(200);
    await client.take(2);
    client.send(get(["Connection: close"], "/other"));
    expect(valuesOf((await client.responseHead()).headers, "connection")).toEqual(["close"]);
    await client.untilEnd();
  });
});

describe("listeners", () => {
  it("port 80 redirects to https, and follows nothing", async () => {
    const edge = opened(await startEdge({ answer: answerOk, patch: addRedirectListener }));
    for (const bytes of [get([], "/ws?a=b"), handshake([], "/ws?a=b")]) {
      const client = await rawClient(edge.emulator.ports.http!);
      client.send(bytes);
      const head = await client.responseHead();
      expect(head.status).toBe(301);
      expect(valuesOf(head.headers, "location")).toEqual(["https://api.example.com/ws?a=b"]);
      client.socket.destroy();
    }
    expect(edge.backend.peers).toHaveLength(0);
  });

  it("serves TLS with a certificate for the declared names, and for no others", async () => {
    const emulator = opened(await startEmulator(edgeModel(), { backends: {} }));
    const client = await rawTlsClient(emulator.ports.https!, "app.example.com", emulator.ca!);
    client.send(get());
    expect((await client.responseHead()).status).toBe(503);
    client.socket.destroy();
    await expect(rawTlsClient(emulator.ports.https!, "other.example.com", emulator.ca!)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("opens one port for two forwarding rules of one scheme", async () => {
    const patch = ({ resource, forwardingRule }: SmallEdge) =>
      void (resource["google_compute_global_forwarding_rule"]!["ipv6"] = { ...forwardingRule, ip_version: "IPV6" });
    const before = process.getActiveResourcesInfo().filter((each) => each === "TCPServerWrap").length;
    const emulator = opened(await startEmulator(edgeModel(patch), { backends: {}, tls: false }));
    const after = process.getActiveResourcesInfo().filter((each) => each === "TCPServerWrap").length;
    expect(after - before).toBe(1);
    const client = await rawClient(emulator.ports.https!);
    client.send(get());
    expect((await client.responseHead()).status).toBe(503);
  });

  it("gives every client the address that it is told", async () => {
    const heads: RequestHead[] = [];
    const answer = async (peer: RawPeer) => {
      heads.push(await peer.requestHead());
      peer.send(OK);
    };
    const edge = opened(await startEdge({ answer, emulator: { clientAddress: "203.0.113.1" } }));
    const client = await edge.client();
    client.send(get());
    await client.responseHead();
    expect(valuesOf(heads[0]!.headers, "x-forwarded-for")).toEqual(["203.0.113.1,127.0.0.1"]);
  });

  it("a client that speaks no TLS to it disturbs nobody", async () => {
    const emulator = opened(await startEmulator(edgeModel(), { backends: {} }));
    const stranger = await rawClient(emulator.ports.https!);
    stranger.send("GET / HTTP/1.1\r\n\r\n");
    await stranger.untilEnd();
    const client = await rawTlsClient(emulator.ports.https!, HOST, emulator.ca!);
    client.send(get());
    expect((await client.responseHead()).status).toBe(503);
    client.socket.destroy();
  });

  it("a host that no certificate covers is not served", async () => {
    const bytes = requestBytes("GET /ws HTTP/1.1", ["Host: other.example.com"]);
    const answer = await refusal(bytes);
    expect(answer).toMatchObject({ status: 501, reached: 0 });
    expect(answer.body).toContain("tls-error");
  });

  it("counts requests, and upgrades among them", async () => {
    const edge = opened(await startEdge({ answer: answerOk }));
    for (const bytes of [get(), handshake(), get(["Upgrade: foo"])]) {
      const client = await edge.client();
      client.send(bytes);
      await client.responseHead();
      client.socket.destroy();
    }
    expect(edge.emulator.seen).toEqual({ requests: 3, upgrades: 1 });
  });
});

describe("close", () => {
  it("ends every connection, of clients and to backends, and frees the port", async () => {
    const edge = await startEdge({ patch: addRedirectListener });
    try {
      const idle = await edge.client();
      const half = await edge.client();
      half.send("GET /ws HT");
      const waiting = await edge.client();
      waiting.send(get());
      await edge.backend.peer();
      await edge.emulator.close();
      await Promise.all([idle.untilEnd(), half.untilEnd(), waiting.untilEnd()]);
      await eventually(async () => (await edge.backend.open()) === 0);
      for (const port of [edge.emulator.ports.https!, edge.emulator.ports.http!])
        await expect(rawClient(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    } finally {
      await edge.close().catch(() => undefined);
    }
  });
});

describe("a backend that is not there", () => {
  it.each([
    ["http", get()],
    ["websocket", handshake()],
  ])("%s: 503", async (_, bytes) => {
    const backends = { "google_cloud_run_v2_service.api": { host: "127.0.0.1", port: await closedPort() } };
    const edge = opened(await startEdge({ emulator: { backends } }));
    const client = await edge.client();
    client.send(bytes);
    expect((await client.responseHead()).status).toBe(503);
    await client.untilEnd();
  });
});
