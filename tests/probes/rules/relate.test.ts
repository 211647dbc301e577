import { describe, expect, it } from "vitest";
import type { Cell } from "../../../probes/facts/result.ts";
import { relateCells } from "../../../probes/rules/relate.ts";
import { aCell } from "../../support/builders.ts";

const CASE = "staging api.staging.example.com /ws websocket native";
/** A cell of the declared case, or of one of its trials. */
function of(rule: string, more: Partial<Cell> & { readonly trial?: string } = {}): Cell {
  const { trial, ...rest } = more;
  const id = [CASE, ...(trial === undefined ? [] : [trial]), rule, rest.header ?? "-"].join(" ");
  return aCell({ id, rule, header: null, arrives: null, state: "fail", reason: `reason of ${rule}`, ...rest });
}
const relate = (...cells: Cell[]): (string | undefined)[] =>
  relateCells(cells).map(({ state, consequenceOf }) => (state === "fail" ? "fail" : (consequenceOf ?? "open")));

const LARGE = of("header-size-headroom", { trial: "headroom" });
const FORGED = of("identity-not-forgeable", { trial: "platform", header: "X-USER-ID" });
const LIST = of("subprotocol-list-whole", { trial: "3 subprotocols", header: "Sec-WebSocket-Protocol" });
const ANSWERED = of("subprotocol-answered");

describe("relateCells", () => {
  it("leaves a failure that nothing explains, and every other cell, as they are", () => {
    const cells = [LARGE, FORGED, LIST, of("host-intact"), of("header-unchanged", { state: "pass" })];
    expect(relateCells(cells)).toEqual(cells);
  });

  it.each(["certificate-covers-host", "reaches-declared-service"])(
    "makes a refused size follow from a failed %s of the same path",
    (rule) => {
      const cause = of(rule);
      expect(relate(LARGE, cause)).toEqual([cause.id, "fail"]);
      expect(relate(LARGE, { ...cause, path: "/ws/" })).toEqual(["fail", "fail"]);
      expect(relate(LARGE, { ...cause, protocol: "http" })).toEqual(["fail", "fail"]);
      expect(relate(LARGE, { ...cause, route: "other" })).toEqual(["fail", "fail"]);
      expect(relate(LARGE, { ...cause, env: "production" })).toEqual(["fail", "fail"]);
    },
  );

  it("does not let a trial explain a trial", () => {
    expect(relate(LARGE, of("reaches-declared-service", { trial: "platform" }))).toEqual(["fail", "fail"]);
  });

  it("leaves a refused size as undecided as the ordinary request is", () => {
    const undecided = of("reaches-declared-service", { state: "inconclusive", reason: "answered 404" });
    expect(relateCells([LARGE, undecided])[0]).toMatchObject({ state: "inconclusive", reason: "answered 404", by: [] });
    expect(relate(LARGE, undecided)).toEqual(["open", "open"]);
  });

  it("makes a lost large credential follow from the loss of that header at its ordinary size, and of no other", () => {
    const lost = of("header-size-headroom", { trial: "headroom", header: "Cookie" });
    const cookie = of("header-unchanged", { header: "Cookie", arrives: "unchanged" });
    expect(relate(lost, cookie)).toEqual([cookie.id, "fail"]);
    expect(relate(lost, of("header-unchanged", { header: "Authorization", arrives: "unchanged" }))).toEqual([
      "fail",
      "fail",
    ]);
  });

  it("makes a forged identity follow from the same header that arrives as it was declared", () => {
    const never = of("header-never", { header: "X-User-Id", arrives: "never" });
    expect(relate(FORGED, never)).toEqual([never.id, "fail"]);
    expect(relate(FORGED, { ...never, header: "X-E2E-Bypass" })).toEqual(["fail", "fail"]);
    expect(relate(FORGED, { ...never, state: "inconclusive" })).toEqual(["fail", "open"]);
  });

  it("follows a chain to its root, with what each link hides", () => {
    const header = of("header-unchanged", { header: "Sec-WebSocket-Protocol", arrives: "unchanged" });
    const hidden = of("host-intact", { state: "inconclusive", consequenceOf: ANSWERED.id });
    expect(relate(ANSWERED, LIST, hidden)).toEqual([LIST.id, "fail", LIST.id]);
    expect(relate(ANSWERED, LIST, header, hidden)).toEqual([header.id, header.id, "fail", header.id]);
  });

  it("makes a trial that asks an open question follow from the declared request that is broken under every reading", () => {
    const asks = of("hop-by-hop-not-forwarded", {
      trial: "platform",
      state: "inconclusive",
      reason: "depends on actions",
    });
    const broken = of("header-unchanged", { header: "Authorization", arrives: "unchanged" });
    expect(relate(asks, broken)).toEqual([broken.id, "fail"]);
    expect(relate(asks, { ...broken, path: "/ws/" })).toEqual(["open", "fail"]);
    expect(relate(asks, { ...broken, state: "pass" })[0]).toBe("open");
    expect(relate(asks, of("host-intact", { trial: "headroom" }))).toEqual(["open", "fail"]);
    // What could not be looked at for another reason, or on a declared request, stays open and blocks.
    expect(relate({ ...asks, reason: "unreachable (deadline)" }, broken)).toEqual(["open", "fail"]);
    expect(relate(of("host-intact", { state: "inconclusive", reason: "depends on actions" }), broken)).toEqual([
      "open",
      "fail",
    ]);
  });

  it("never turns a cell into a pass", () => {
    const all = [
      LARGE,
      FORGED,
      LIST,
      ANSWERED,
      of("reaches-declared-service"),
      of("header-never", { header: "X-User-Id" }),
    ];
    expect(relateCells(all).every(({ state }) => state !== "pass")).toBe(true);
    expect(relateCells(all).some(({ state }) => state === "fail")).toBe(true);
  });
});
