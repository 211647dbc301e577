import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ContractError } from "../../contract/problem.ts";
import { configurationDigest, oneLine, parseReceipt, receiptTime, renderReceipt } from "../../contract/receipt.ts";
import { A_RECEIPT, HASH } from "../support/receipts.ts";

const text = (change: object): string => JSON.stringify({ ...A_RECEIPT, ...change });
const messageOf = (written: string): string => {
  try {
    parseReceipt(written, "headgate-receipt.json");
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
  return "";
};

describe("parseReceipt", () => {
  it("reads what was written, to the byte", () => {
    const rendered = renderReceipt(A_RECEIPT);
    expect(renderReceipt(parseReceipt(rendered, "x"))).toBe(rendered);
    const turned = Object.fromEntries(Object.entries(A_RECEIPT).reverse()) as typeof A_RECEIPT;
    expect(renderReceipt(turned)).toBe(rendered);
  });

  it.each([
    [{ schema: "headgate-receipt/2" }, "schema: the only schema is headgate-receipt/1"],
    [{ verdict: "fine" }, "verdict: "],
    [{ summary: "two\nlines" }, "summary: must be one line of text"],
    [{ at: "2026-01-31T23:59:59.123Z" }, "at: is no time of the form"],
    [{ contract: "abc" }, "contract: is no SHA-256"],
    [{ configuration: { ...A_RECEIPT.configuration, files: { "/etc/x.tf": HASH } } }, "holds an absolute path"],
    [{ extra: 1 }, "extra"],
    [{ live: { stamp: HASH } }, "live.at: "],
    [{ override: { reason: "", owner: "a" } }, "override.reason: must be one line"],
  ])("refuses %j, and says where and what to do", (change, message) => {
    expect(messageOf(text(change))).toContain(message);
    expect(messageOf(text(change))).toMatch(/^headgate-receipt\.json:1:\d+ /);
    expect(messageOf(text(change))).toContain("headgate gate --record");
  });

  it("refuses what is no JSON", () => {
    expect(messageOf("{")).toContain("not valid JSON");
  });
});

describe("configurationDigest", () => {
  const base = { folders: ["."], files: { "b.tf": HASH, "a.tf": HASH }, variables: { x: HASH } };
  const other = "f".repeat(64);

  it("does not depend on the order", () => {
    expect(configurationDigest({ ...base, files: { "a.tf": HASH, "b.tf": HASH } })).toBe(configurationDigest(base));
  });

  it.each([
    ["a file's content", { files: { ...base.files, "a.tf": other } }],
    ["another file", { files: { ...base.files, "c.tf": HASH } }],
    ["a file less", { files: { "a.tf": HASH } }],
    ["a variable's value", { variables: { x: other } }],
    ["another variable", { variables: { x: HASH, y: HASH } }],
    ["a folder", { folders: [".", "modules"] }],
    ["a file in the place of a variable", { files: { ...base.files, x: HASH }, variables: {} }],
  ])("changes with %s", (_, change) => {
    expect(configurationDigest({ ...base, ...change })).not.toBe(configurationDigest(base));
  });

  it("sorts by bytes, as Terraform does: a character beyond the first plane comes last", () => {
    const files = { "\u{1f600}.tf": other, "\uffee.tf": HASH };
    const expected = createHash("sha256").update(`file ${HASH} \uffee.tf\nfile ${other} \u{1f600}.tf`).digest("hex");
    expect(configurationDigest({ folders: [], files, variables: {} })).toBe(expected);
  });
});

describe("the words of a receipt", () => {
  it("has times in whole seconds", () => {
    expect(receiptTime(new Date("2026-01-31T23:59:59.999Z"))).toBe("2026-01-31T23:59:59Z");
  });

  it("makes any text one line, and cuts it", () => {
    expect(oneLine("a\n  b\tc\u2028d\u0007")).toBe("a b c d");
    expect(oneLine("x".repeat(400))).toHaveLength(300);
    expect(oneLine("\n")).toBe("-");
  });
});
