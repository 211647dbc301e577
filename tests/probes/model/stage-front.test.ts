import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { oracle } from "../../../probes/model/assumptions.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { HeaderFlow } from "../../../probes/model/flow.ts";
import { isUpgrade, normalise, paths, refusal } from "../../../probes/model/stage-front.ts";
import { HOST } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const by = { address: "a.b", attribute: "", file: "f", line: 1, column: 1 };

function refused(lines: readonly HeaderLine[], assume: Assumptions = {}, target = "/ws") {
  const context = { product: "global", by, asked: oracle(assume) } as const;
  const answer = refusal(edgeRequest("http", lines, { target }), context);
  return answer === undefined ? undefined : [answer.status, answer.by.fact];
}

function normalised(lines: readonly HeaderLine[], assume: Assumptions = {}) {
  const flow = new HeaderFlow(lines);
  const asked = oracle(assume);
  normalise(flow, { ...edgeRequest("http"), headers: lines }, { product: "global", by, asked });
  return { flow, lines: flow.lines, asked: [...asked.asked] };
}

describe("what the front refuses", () => {
  it.each<[string, HeaderLine[], [number, string] | undefined]>([
    ["an ordinary request", [["X-A", "1"]], undefined],
    ["an empty value", [["X-A", ""]], undefined],
    ["8-bit bytes in a value", [["X-A", "caf\u00e9"]], undefined],
    ["a blank in a name", [["X A", "1"]], [502, "H14"]],
    ["a colon-less pseudo name", [["(x)", "1"]], [502, "H14"]],
    ["an empty name", [["", "1"]], [502, "H14"]],
    ["a control character in a value", [["X-A", "a\u0000b"]], [502, "H14"]],
    [
      "two equal Content-Length lines",
      [
        ["Content-Length", "1"],
        ["content-length", "1"],
      ],
      [502, "H17"],
    ],
    ["a second Host", [["host", HOST]], [502, "H18"]],
    ["an upgrade to websocket", [["Upgrade", "WebSocket"]], undefined],
    ["an upgrade to h2c", [["Upgrade", "h2c"]], [403, "H8"]],
    ["websocket among other upgrades", [["Upgrade", "websocket, h2c"]], [403, "H8"]],
  ])("%s", (_, lines, answer) => {
    expect(refused(lines)).toEqual(answer);
  });

  it("a # in the target (H23)", () => {
    expect(refused([], {}, "/ws#x")).toEqual([400, "H23"]);
    expect(refused([], {}, "/ws?x=%23")).toBeUndefined();
  });

  it("URL and headers larger than 60 KiB together, and not one byte before (H27)", () => {
    const size = "/ws".length + "Host".length + HOST.length + 4 + "X-A".length + 4;
    const room = 60 * 1024 - size;
    expect(refused([["X-A", "v".repeat(room)]])).toBeUndefined();
    expect(refused([["X-A", "v".repeat(room + 1)]])).toEqual([431, "H27"]);
    expect(refused([["X-A", "v".repeat(room)]], {}, "/ws?")).toEqual([431, "H27"]);
  });

  it("a name with an underscore under one of three readings (H26)", () => {
    expect(refused([["x_under", "1"]])).toBeUndefined();
    expect(refused([["x_under", "1"]], { "underscore-names": "dropped" })).toBeUndefined();
    expect(refused([["x_under", "1"]], { "underscore-names": "refused" })).toEqual([400, "H26"]);
    expect(refused([["x-under", "1"]], { "underscore-names": "refused" })).toBeUndefined();
  });
});

describe("an opening handshake", () => {
  it.each<[HeaderLine[], boolean]>([
    [
      [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
      ],
      true,
    ],
    [
      [
        ["upgrade", "WebSocket"],
        ["connection", "keep-alive, UPGRADE"],
      ],
      true,
    ],
    [
      [
        ["Upgrade", "websocket"],
        ["Connection", "keep-alive"],
        ["Connection", "upgrade"],
      ],
      true,
    ],
    [[["Upgrade", "websocket"]], false],
    [[["Connection", "Upgrade"]], false],
    [
      [
        ["Upgrade", "websocket2"],
        ["Connection", "Upgrade"],
      ],
      false,
    ],
  ])("%j: %s", (lines, is) => {
    expect(isUpgrade(edgeRequest("http", lines))).toBe(is);
  });
});

describe("normalisation", () => {
  it("lower-cases names, keeps values, order and duplicates, and asks nothing it need not (H12)", () => {
    expect(
      normalised([
        ["Host", "H"],
        ["X-B", "Two"],
        ["X-A", "One"],
      ]),
    ).toMatchObject({
      lines: [
        ["host", "H"],
        ["x-b", "Two"],
        ["x-a", "One"],
      ],
      asked: [],
    });
  });

  it.each<[string, HeaderLine[]]>([
    [
      "separate",
      [
        ["x-a", "1"],
        ["x-b", "b"],
        ["x-a", "2"],
      ],
    ],
    [
      "joined",
      [
        ["x-a", "1,2"],
        ["x-b", "b"],
      ],
    ],
  ])("repeated lines, %s (H13)", (reading, lines) => {
    const written: HeaderLine[] = [
      ["X-A", "1"],
      ["X-B", "b"],
      ["x-a", "2"],
    ];
    expect(normalised(written, { "repeated-headers": reading })).toMatchObject({ lines, asked: ["repeated-headers"] });
  });

  it("drops what Connection names, or keeps it (H5b)", () => {
    const lines: HeaderLine[] = [
      ["Connection", "upgrade, X-Secret, x-none"],
      ["X-Secret", "s"],
      ["X-A", "1"],
    ];
    expect(normalised(lines)).toMatchObject({ asked: ["nominated-headers"] });
    expect(normalised(lines).flow.has("x-secret")).toBe(false);
    expect(normalised(lines).flow.has("x-a")).toBe(true);
    expect(normalised(lines, { "nominated-headers": "kept" }).flow.has("x-secret")).toBe(true);
    expect(
      normalised([
        ["Connection", "upgrade, close"],
        ["X-A", "1"],
      ]).asked,
    ).toEqual([]);
  });

  it("drops underscores under one reading (H26)", () => {
    expect(normalised([["x_a", "1"]], { "underscore-names": "dropped" }).lines).toEqual([]);
    expect(normalised([["x_a", "1"]]).lines).toEqual([["x_a", "1"]]);
  });

  it("strips a client's X-Goog- names under one reading (P4)", () => {
    const lines: HeaderLine[] = [
      ["X-Goog-Authenticated-User-Id", "1"],
      ["X-Google", "2"],
    ];
    expect(normalised(lines, { "client-x-goog": "stripped" }).lines).toEqual([["x-google", "2"]]);
    expect(normalised(lines)).toMatchObject({ asked: ["client-x-goog"] });
    expect(normalised(lines).lines).toHaveLength(2);
  });
});

describe("paths", () => {
  it.each([
    ["/ws", "/ws", "/ws"],
    ["/ws?a=//b", "/ws", "/ws?a=//b"],
    ["//ws", "/ws", "/ws"],
    ["/a///b?", "/a/b", "/a/b?"],
    ["/a\\b", "/a/b", "/a/b"],
    ["/%2F", "/%2F", "/%2F"],
  ])("%s is matched as %s and sent on as %s (H21, H22, U12)", (target, matched, forwarded) => {
    expect(paths(target, { product: "global", asked: oracle({}) })).toEqual({ matched, forwarded });
  });

  it("are matched unfolded under the other reading, and asked about only where it matters", () => {
    const after = oracle({ "path-normalisation": "after-match" });
    expect(paths("//ws", { product: "global", asked: after })).toEqual({ matched: "//ws", forwarded: "/ws" });
    expect([...after.asked]).toEqual(["path-normalisation"]);
    const plain = oracle({});
    paths("/ws?//", { product: "global", asked: plain });
    expect([...plain.asked]).toEqual([]);
  });
});
