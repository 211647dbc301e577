import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasHeader, withoutHeader } from "../../http/header-list.ts";
import type { Result } from "../../probes/facts/result.ts";
import { headgate } from "../support/cli.ts";
import { closeAfterEach } from "../support/emulated-edge.ts";
import { flood, trickle } from "../support/hostile-server.ts";
import {
  CONTRACT,
  EVIL,
  EVIL_BYTES,
  KEY,
  answerWithLies,
  behindEdge,
  isPrintedRaw,
} from "../support/hostile-witness.ts";
import { peakMemory, reportOf, switched } from "../support/hostile-witness.ts";
import type { Lies } from "../support/hostile-witness.ts";
import { secure, startHttp2Server } from "../support/http2-server.ts";
import type { Http2Answer } from "../support/http2-server.ts";
import { eventually, startRawServer } from "../support/raw-sockets.ts";
import type { RawPeer, RawServer } from "../support/raw-sockets.ts";
import { temporaryFolder } from "../support/reference.ts";
import { closeFrame, frame } from "../support/websocket-bytes.ts";

const MIB = 1024 * 1024;
const PROBERS = ["library", "raw"];
const opened = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** Seconds. */
interface Limits {
  readonly timeout: number;
  readonly deadline: number;
}

/** For servers that would keep a client for ever, and for those that answer at once, on a machine that is busy. */
const BRIEF: Limits = { timeout: 0.7, deadline: 4 };
const AMPLE: Limits = { timeout: 5, deadline: 20 };

/** How much longer a process lives than its run, in milliseconds: it starts, and other tests use the processor too. */
const SLACK_MS = 6000;

interface Outcome {
  readonly code: number | null;
  readonly result: Result;
  readonly text: string;
}

/**
 * One run of the published command line, which must end within its deadline, in little memory, with no connection left,
 * and with nothing raw in any output.
 */
async function probed(
  server: RawServer & { ca?: string },
  args: readonly string[],
  { timeout, deadline }: Limits = BRIEF,
): Promise<Outcome> {
  const place = join(folder.path, args.join(""));
  const [contract, ca, file] = ["yaml", "pem", "txt"].map((end) => `${place}.${end}`) as [string, string, string];
  writeFileSync(contract, CONTRACT);
  writeFileSync(ca, server.ca ?? "");
  const scheme = server.ca === undefined ? "http" : "https";
  const at = ["--live", `${scheme}://127.0.0.1:${server.port}`, ...(server.ca === undefined ? [] : ["--ca", ca])];
  const limits = [
    "--timeout",
    `${timeout}`,
    "--deadline",
    `${deadline}`,
    "--format",
    "json",
    "--format",
    `text=${file}`,
  ];
  let peak = (): number => 0;
  const { code, stdout, stderr, elapsedMs } = await headgate(
    ["probe", ...at, "--contract", contract, ...limits, ...args],
    { env: { HEADGATE_KEY: KEY }, onStart: (child) => void (peak = peakMemory(child)) },
  );
  expect(elapsedMs).toBeLessThan(deadline * 1000 + SLACK_MS);
  const text = readFileSync(file, "utf8");
  for (const output of [stdout, stderr, text]) expect(isPrintedRaw(output), JSON.stringify(output)).toBe(false);
  expect(peak()).toBeGreaterThan(0);
  expect(peak()).toBeLessThan(250 * MIB);
  await eventually(async () => (await server.open()) === 0);
  return { code, result: JSON.parse(stdout) as Result, text };
}

/** The same server, probed by the libraries and byte for byte. */
async function attacked(answer: (peer: RawPeer) => unknown, limits = BRIEF): Promise<Outcome[]> {
  return Promise.all(
    PROBERS.map(async (prober) => probed(opened(await startRawServer(answer)), ["--prober", prober], limits)),
  );
}

const codes = (outcomes: readonly Outcome[]): (number | null)[] => outcomes.map(({ code }) => code);
const lying = (lies: Lies) => attacked((peer) => answerWithLies(peer, lies), AMPLE);

describe("a witness that lies", () => {
  it("is believed where it does not: the others here fail for what they say", async () => {
    expect(codes(await lying({}))).toEqual([0, 0]);
  });

  it.each<[string, Lies, string]>([
    ["of another request", { report: (head) => reportOf(head, { nonce: "0123456789abcdef" }) }, "stale nonce"],
    ["of none, in brackets without end", { report: () => "[".repeat(MIB - 1) }, "witness"],
    ["of a hundred thousand brackets around nothing", { report: () => `{"a":${"[".repeat(100_000)}` }, "witness"],
    ["in escapes instead of JSON", { report: () => EVIL }, "witness"],
    [
      "of forty thousand lines",
      { report: (head) => reportOf(head, { headers: Array(40_000).fill(["x-tenant", "y"]) }) },
      "witness",
    ],
    [
      "by closing with escapes",
      { firstFrames: () => closeFrame(1011, Buffer.from(EVIL).toString("latin1")) },
      "before a first message",
    ],
  ])("%s: nothing is decided", async (_, lies, words) => {
    for (const { code, text } of await lying(lies)) {
      expect(code, text).toBe(3);
      expect(text.replace(/\s+/g, " ")).toContain(words);
    }
  });

  it("by saying again what it said of the first request: nothing is decided", async () => {
    for (const prober of PROBERS) {
      let first: string | undefined;
      const report: Lies["report"] = (head) => (first ??= reportOf(head));
      const server = opened(await startRawServer((peer) => answerWithLies(peer, { report })));
      expect(await probed(server, ["--prober", prober])).toMatchObject({ code: 3 });
    }
  });

  // The client library refuses bytes in a head that are read and shown byte for byte by the raw one.
  it.each<[string, Lies, number[]]>([
    ["in its status and its header lines", { statusText: `OK${EVIL_BYTES}`, lines: [`X-Evil: ${EVIL_BYTES}`] }, [3, 0]],
    ["and selects a subprotocol of escapes", { subprotocol: EVIL_BYTES }, [3, 1]],
    ["in the keys of its report", { report: (head) => reportOf(head, { [EVIL]: { [EVIL]: EVIL } }) }, [0, 0]],
    ["in the name of its service", { report: (head) => reportOf(head, { service: EVIL, revision: EVIL }) }, [1, 1]],
    [
      "in its revision, and of a header that did not arrive",
      {
        report: (head) =>
          reportOf(head, { revision: EVIL, headers: [[EVIL, EVIL], ...withoutHeader(behindEdge(head), "x-tenant")] }),
      },
      [1, 1],
    ],
    [
      "in as many lines as a report may have",
      {
        report: (head) => reportOf(head, { headers: [...behindEdge(head), ...Array(1900).fill(["x-tenant", EVIL])] }),
      },
      [1, 1],
    ],
    [
      "in fields that are none",
      { report: (head) => reportOf(head, { httpVersion: null, method: {}, target: [] }) },
      [0, 0],
    ],
  ])("%s: what it says is shown and not sent", async (_, lies, expected) => {
    const outcomes = await lying(lies);
    expect(codes(outcomes), outcomes.map(({ text }) => text).join("\n")).toEqual(expected);
  });

  it.each([
    ["its credential", "authorization", 123],
    ["a part of its credential", "authorization", 60],
    ["its signature", "x-headgate-signature", 123],
    ["a part of its signature", "x-headgate-signature", 60],
  ])("repeats to a client, in the reason of a close, %s: no output holds it", async (_, name, length) => {
    const echoed: string[] = [];
    const outcomes = await attacked(async (peer) => {
      const head = await peer.requestHead();
      const value = head.headers.find(([own]) => own.toLowerCase() === name)?.[1] ?? "";
      const start = value.replace("Bearer ", "").slice(0, length);
      echoed.push(start);
      peer.send(switched(head) + closeFrame(1008, start));
    }, AMPLE);
    expect(echoed.filter((value) => value.length === length).length).toBeGreaterThan(2);
    for (const { code, text, result } of outcomes) {
      expect(code).toBe(3);
      expect(text).toContain("1008");
      for (const value of echoed.filter((each) => each !== ""))
        expect(text + JSON.stringify(result)).not.toContain(value.slice(0, 24));
    }
  });
});

/** Answers plain requests by one, upgrades by the other. */
const both = (plain: (peer: RawPeer) => unknown, upgraded: (peer: RawPeer) => unknown) => async (peer: RawPeer) => {
  const head = await peer.requestHead();
  if (!hasHeader(head.headers, "upgrade")) return plain(peer);
  peer.send(switched(head));
  return upgraded(peer);
};

const after = (bytes: string, end: (peer: RawPeer) => unknown) => async (peer: RawPeer) => {
  peer.send(bytes);
  // A reset takes back what has not been read.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return end(peer);
};
const reset = (peer: RawPeer): unknown => peer.socket.resetAndDestroy();
const BOMB = Buffer.alloc(64 * MIB, "[");
const ZIPPED = gzipSync(BOMB);
const DEFLATED = frame(deflateRawSync(BOMB).toString("latin1"), 0xc1);

describe("a server that", () => {
  it.each<[string, (peer: RawPeer) => unknown]>([
    [
      "streams a hundred megabytes of JSON",
      both(
        (peer) => (peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${100 * MIB}\r\n\r\n[`), flood(peer, '"x",')),
        (peer) => (peer.send(frame("[", 0x01)), flood(peer, frame('"x",'.repeat(1000), 0x00))),
      ),
    ],
    [
      "sends frames without end",
      both(
        (peer) => flood(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (peer) => flood(peer, frame("still here", 0x89)),
      ),
    ],
    [
      "sends a bomb",
      both(
        (peer) => {
          peer.send(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${ZIPPED.length}\r\n\r\n`);
          peer.send(ZIPPED);
        },
        (peer) => peer.send(DEFLATED),
      ),
    ],
    [
      "sends headers without end",
      async (peer) => (await peer.requestHead(), peer.send("HTTP/1.1 200 OK\r\n"), flood(peer, "X: 1\r\n")),
    ],
    [
      "sends interim answers without end",
      async (peer) => (await peer.requestHead(), flood(peer, "HTTP/1.1 103 Early\r\n\r\n")),
    ],
    ["sends a byte a second", async (peer) => (await peer.requestHead(), trickle(peer, "HTTP/1.1 200 OK\r\n", 1000))],
    ["resets after it accepted", reset],
    ["resets after the request", async (peer) => (await peer.requestHead(), reset(peer))],
    [
      "resets within the head",
      async (peer) => (await peer.requestHead(), after("HTTP/1.1 200 OK\r\nX: ", reset)(peer)),
    ],
    [
      "resets within the body, or a frame",
      both(after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", reset), after(frame("not all").slice(0, 5), reset)),
    ],
  ])("%s ends the run 3, in time and in little memory", async (_, answer) => {
    const outcomes = await attacked(answer);
    expect(codes(outcomes), outcomes.map(({ text }) => text).join("\n")).toEqual([3, 3]);
  });

  it("sends frames without end once it has told the truth is left all the same", async () => {
    const outcomes = await attacked(async (peer) => {
      const head = await peer.requestHead();
      const report = reportOf(head);
      if (!hasHeader(head.headers, "upgrade"))
        return peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${report.length}\r\n\r\n${report}`);
      peer.send(switched(head) + frame(report));
      return flood(peer, frame("and another thing"));
    }, AMPLE);
    expect(codes(outcomes)).toEqual([0, 0]);
  });

  it("resets within the TLS handshake ends the run 3", async () => {
    const resets = async (peer: RawPeer): Promise<void> => {
      await peer.until((text) => text.length > 0);
      reset(peer);
    };
    const server = { ...opened(await startRawServer(resets)), ca: (await secure({})).ca };
    for (const args of [["--prober", "library"], ["--prober", "raw"], ["--http2"]])
      expect(await probed(server, args)).toMatchObject({ code: 3 });
  });

  it.each<[string, Http2Answer]>([
    [
      "streams without end",
      (stream) => {
        stream.respond({ "content-type": "application/json", "x-evil": EVIL_BYTES.replace(/[^\u0080-\u00ff]/g, "") });
        const more = (): void => void (stream.destroyed || stream.write(Buffer.alloc(65_536, "["), more));
        more();
      },
    ],
    ["answers with a bomb", (stream) => (stream.respond({ "content-encoding": "gzip" }), stream.end(ZIPPED))],
    [
      "sends interim answers without end",
      (stream) => {
        const more = (): void => {
          for (let count = 0; count < 100 && !stream.destroyed; count++)
            stream.additionalHeaders({ ":status": 103, x: "y" });
          if (!stream.destroyed) setImmediate(more);
        };
        more();
      },
    ],
    ["resets every stream", (stream) => stream.close(2)],
    ["never answers", () => undefined],
  ])("%s over HTTP/2 ends the run 3", async (_, answer) => {
    expect(await probed(opened(await startHttp2Server(answer)), ["--http2"])).toMatchObject({ code: 3 });
  });
});
