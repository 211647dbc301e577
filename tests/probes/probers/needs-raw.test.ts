import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Case } from "../../../probes/facts/case.ts";
import { needsRaw } from "../../../probes/probers/needs-raw.ts";
import { probeAll } from "../../../probes/probers/probe-all.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, endpointAt } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";

const opened = closeAfterEach();
const BOTH = ["http", "websocket"] as const;
const UPGRADE = ["websocket"] as const;

/** Lines, and for which kinds of request the libraries would alter or refuse them. */
const ALTERED: [string, readonly HeaderLine[], readonly Case["protocol"][]][] = [
  [
    "Cookie on two lines",
    [
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ],
    BOTH,
  ],
  [
    "Authorization on two lines",
    [
      ["Authorization", "Basic a"],
      ["Authorization", "Basic b"],
    ],
    BOTH,
  ],
  [
    "two subprotocol lines",
    [
      ["Sec-WebSocket-Protocol", "a"],
      ["Sec-WebSocket-Protocol", "b"],
    ],
    BOTH,
  ],
  ["a Connection line", [["Connection", "Upgrade, X-A"]], BOTH],
  ["a TE line", [["TE", "trailers"]], BOTH],
  ["an Upgrade line", [["upgrade", "websocket"]], BOTH],
  ["a Trailer line", [["Trailer", "X-A"]], BOTH],
  ["a Host line", [["Host", "other.example.com"]], BOTH],
  ["a name that is no token", [["X A", "1"]], BOTH],
  ["a value with outer blanks", [["X-A", " a"]], BOTH],
  ["a value with a control character", [["X-A", "a\u0001"]], BOTH],
  [
    "a name on two lines of other case",
    [
      ["X-A", "1"],
      ["x-a", "2"],
    ],
    UPGRADE,
  ],
  ["a subprotocol with a blank", [["Sec-WebSocket-Protocol", "a b"]], UPGRADE],
  ["a subprotocol twice", [["Sec-WebSocket-Protocol", "a, a"]], UPGRADE],
  ["an empty subprotocol", [["Sec-WebSocket-Protocol", ""]], UPGRADE],
  [
    "plain lines",
    [
      ["Authorization", "Bearer c"],
      ["X-A", "caf\u00e9"],
      ["x_under", ""],
      ["Sec-WebSocket-Protocol", "a, b"],
    ],
    [],
  ],
];

describe("needsRaw", () => {
  it.each(ALTERED)("is asked by %s", (_, lines, protocols) => {
    const asked = BOTH.filter((protocol) => needsRaw(attemptOf(protocol, lines)) !== undefined);
    expect(asked).toEqual(protocols);
  });

  it("names the header and repeats no value", () => {
    expect(needsRaw(attemptOf("http", [["X-A", " secret"]]))).toMatch(/^X-A [^:]*$/);
    expect(needsRaw(attemptOf("http", [["X-A", " secret"]]))).not.toContain("secret");
  });
});

describe("the instrument of a case", () => {
  const run = async (protocol: Case["protocol"], lines: readonly HeaderLine[], prober?: "library" | "raw") => {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const options = { timeoutMs: 20_000, concurrency: 1, signal: new AbortController().signal };
    const [seen] = await probeAll([{ attempt: attemptOf(protocol, lines), endpoint: endpointAt(witness.port) }], {
      ...options,
      ...(prober !== undefined && { prober }),
    });
    return seen!;
  };

  it.each(BOTH)("is the library for a plain %s, and raw where that is asked for", async (protocol) => {
    expect(await run(protocol, [["X-A", "1"]])).toMatchObject({ prober: protocol, witness: { nonce: "nonce-1" } });
    expect(await run(protocol, [["X-A", "1"]], "raw")).toMatchObject({ prober: "raw", witness: { nonce: "nonce-1" } });
  });

  it.each(BOTH)("is raw for a %s with two lines of Cookie, which arrive as two", async (protocol) => {
    const cookies: HeaderLine[] = [
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
    ];
    const seen = await run(protocol, cookies);
    expect(seen).toMatchObject({ prober: "raw" });
    expect(seen.witness!.headers.filter(([name]) => name === "Cookie")).toEqual(cookies);
  });
});

describe("what a library alters all the same", () => {
  it("is a request that was not sent as it was meant, whatever came back", async () => {
    const { probeWebSocket } = await import("../../../probes/probers/websocket.ts");
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const attempt = attemptOf("websocket", [
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
    ]);
    const seen = await probeWebSocket(attempt, endpointAt(witness.port), AbortSignal.timeout(20_000));
    expect(seen).toMatchObject({ response: { status: 101 }, failure: { phase: "send" } });
    expect(seen.failure!.message).toBe("the client did not put the planned Cookie on the wire");
  });
});
