import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { valuesOf } from "../../../http/header-list.ts";
import type { EmulatorOptions } from "../../../probes/emulator/start.ts";
import { OK, closeAfterEach, get, handshake, startEdge } from "../../support/emulated-edge.ts";

const opened = closeAfterEach();

/** Names of the lines that the edge and Cloud Run write themselves. */
const OF_THE_EDGE =
  /^(via|x-forwarded-proto|x-forwarded-for|x-cloud-trace-context|forwarded|traceparent|upgrade|connection|sec-websocket-(key|version))$/;

/** The client's own lines as they stand on the wire to the service, byte for byte, `Host` left out. */
async function arriving(bytes: string, assumptions: EmulatorOptions["assumptions"] = {}): Promise<HeaderLine[]> {
  const heads: Buffer[] = [];
  const edge = opened(
    await startEdge({
      emulator: { assumptions },
      answer: async (peer) => {
        await peer.until((text) => text.includes("\r\n\r\n"));
        heads.push(peer.received);
        peer.send(OK);
      },
    }),
  );
  const client = await edge.client();
  client.send(bytes);
  expect((await client.responseHead()).status).toBe(200);
  const [, ...lines] = heads[0]!.toString("latin1").split("\r\n\r\n")[0]!.split("\r\n");
  return lines
    .map((line): HeaderLine => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)])
    .filter(([name]) => name !== "host" && !OF_THE_EDGE.test(name));
}

async function refusal(bytes: string, assumptions: EmulatorOptions["assumptions"] = {}): Promise<number> {
  const edge = opened(await startEdge({ emulator: { assumptions } }));
  const client = await edge.client();
  client.send(bytes);
  const { status } = await client.responseHead();
  expect(edge.backend.peers).toHaveLength(0);
  return status;
}

describe.each([
  ["http", get],
  ["websocket", handshake],
] as const)("a head over %s", (_, request) => {
  it("has every name in lower case (H12) and every line in its place (H9)", async () => {
    expect(
      await arriving(request(["X-Z: 1", "AUTHORIZATION: Bearer C", "cOOKIE: a=B", "X-a: 2", "Origin: null"])),
    ).toEqual([
      ["x-z", "1"],
      ["authorization", "Bearer C"],
      ["cookie", "a=B"],
      ["x-a", "2"],
      ["origin", "null"],
    ]);
  });

  it("keeps repeated lines apart, or joins them with a comma alone, as is assumed (H13, Q20)", async () => {
    const lines = ["X-A: 1", "X-B: b", "x-a: 2"];
    expect(await arriving(request(lines))).toEqual([
      ["x-a", "1"],
      ["x-b", "b"],
      ["x-a", "2"],
    ]);
    expect(await arriving(request(lines), { "repeated-headers": "joined" })).toEqual([
      ["x-a", "1,2"],
      ["x-b", "b"],
    ]);
  });

  it("refuses a folded line (RFC 9112 §5.2) and a line that is none", async () => {
    expect(await refusal(request(["X-A: 1", " 2"]))).toBe(400);
    expect(await refusal(request(["X-A: 1", "\t2"]))).toBe(400);
    expect(await refusal(request(["X-A"]))).toBe(400);
  });

  it("refuses names and values that are not valid with 502 (H14)", async () => {
    for (const line of ["X A: 1", "X-A : 1", "X(A): 1", "X-A: a\u0000b", "X-A: a\u007fb"])
      expect(await refusal(request([line]))).toBe(502);
  });

  it("keeps empty values, inner blanks and 8-bit characters, and drops blanks at the ends (RFC 9110 §5.5)", async () => {
    expect(
      await arriving(
        request(["X-E:", "X-F: \t ", "X-I: \t a \t b\t ", "X-8: \u0080\u00a0\u00ff", "X-U: caf\u00c3\u00a9"]),
      ),
    ).toEqual([
      ["x-e", ""],
      ["x-f", ""],
      ["x-i", "a \t b"],
      ["x-8", "\u0080\u00a0\u00ff"],
      ["x-u", "caf\u00c3\u00a9"],
    ]);
  });

  it("passes, drops or refuses a name with an underscore, as is assumed (H26, Q1)", async () => {
    const bytes = request(["x_under: 1", "X-Under: 2"]);
    expect(await arriving(bytes)).toEqual([
      ["x_under", "1"],
      ["x-under", "2"],
    ]);
    expect(await arriving(bytes, { "underscore-names": "dropped" })).toEqual([["x-under", "2"]]);
    expect(await refusal(bytes, { "underscore-names": "refused" })).toBe(400);
  });

  it("passes a token of 40 KB whole, and refuses 60 KB with 431 (H27, H15)", async () => {
    const token = "eyJ".padEnd(40 * 1024, "aB3-_.");
    expect(await arriving(request([`Authorization: Bearer ${token}`]))).toEqual([["authorization", `Bearer ${token}`]]);
    expect(await refusal(request([`Authorization: Bearer ${token}${token}`]))).toBe(431);
  });

  it("passes 200 cookies, on one line and on 200 lines (H9)", async () => {
    const cookies = Array.from({ length: 200 }, (_, index) => `c${index}=v${index}`);
    expect(await arriving(request([`Cookie: ${cookies.join("; ")}`]))).toEqual([["cookie", cookies.join("; ")]]);
    expect(await arriving(request(cookies.map((cookie) => `Cookie: ${cookie}`)))).toEqual(
      cookies.map((cookie) => ["cookie", cookie]),
    );
  });

  it("passes two subprotocol lines as they are, or joined, as is assumed (B6, H13, Q20)", async () => {
    const lines = ["Sec-WebSocket-Protocol: jwt-auth", "Sec-WebSocket-Protocol: jwt.a,  other"];
    expect(await arriving(request(lines))).toEqual([
      ["sec-websocket-protocol", "jwt-auth"],
      ["sec-websocket-protocol", "jwt.a,  other"],
    ]);
    expect(await arriving(request(lines), { "repeated-headers": "joined" })).toEqual([
      ["sec-websocket-protocol", "jwt-auth,jwt.a,  other"],
    ]);
  });

  it("drops what is hop-by-hop, and what Connection names as is assumed (H5, H5b, Q3)", async () => {
    const bytes = request([
      "Connection: X-Named, x-other",
      "X-Named: 1",
      "X-Other: 2",
      "X-Third: 3",
      "Keep-Alive: 5",
      "TE: trailers",
    ]);
    expect(await arriving(bytes)).toEqual([["x-third", "3"]]);
    expect(await arriving(bytes, { "nominated-headers": "kept" })).toEqual([
      ["x-named", "1"],
      ["x-other", "2"],
      ["x-third", "3"],
    ]);
  });

  it("passes a client's X-Goog- line or strips it, as is assumed (P4, Q10)", async () => {
    const bytes = request(["X-Goog-Authenticated-User-Email: a@example.com"]);
    expect(await arriving(bytes)).toEqual([["x-goog-authenticated-user-email", "a@example.com"]]);
    expect(await arriving(bytes, { "client-x-goog": "stripped" })).toEqual([]);
  });
});

it("the pair of an upgrade is written anew, whatever stood in it (H6)", async () => {
  const heads: HeaderLine[][] = [];
  const edge = opened(
    await startEdge({
      answer: async (peer) => {
        heads.push([...(await peer.requestHead()).headers]);
        peer.send(OK);
      },
    }),
  );
  const client = await edge.client();
  client.send(get(["UPGRADE: WebSocket", "Connection: foo , UPGRADE,bar"]));
  await client.responseHead();
  expect(valuesOf(heads[0]!, "upgrade")).toEqual(["websocket"]);
  expect(valuesOf(heads[0]!, "connection")).toEqual(["Upgrade"]);
});
