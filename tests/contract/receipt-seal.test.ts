import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseReceipt, renderReceipt } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { hasMac, isSignedBy, macOf, signReceipt, statementOf } from "../../contract/receipt-seal.ts";
import { A_RECEIPT, HASH, keyPair } from "../support/receipts.ts";

const KEY = "a key of the pipeline";

/** What somebody could change in a receipt to let something else through. */
const FORGERIES: readonly [string, Partial<Receipt>][] = [
  ["the verdict", { verdict: "contract-broken" }],
  ["the stack", { stack: "production" }],
  ["the time", { at: "2026-02-01T00:00:00Z" }],
  ["the configuration", { configuration: { ...A_RECEIPT.configuration, digest: "f".repeat(64) } }],
  ["the contract", { contract: "f".repeat(64) }],
  ["a live proof", { live: { stamp: HASH, at: A_RECEIPT.at, run: "1" } }],
  ["an override", { override: { reason: "r", owner: "o" } }],
];

describe("signReceipt", () => {
  const { publicKey, privateKey } = keyPair();
  const signed = signReceipt(A_RECEIPT, privateKey);

  it("is verified by its public key, on the way through a file too, and by no other", () => {
    expect(isSignedBy(signed, publicKey)).toBe(true);
    expect(isSignedBy(parseReceipt(renderReceipt(signed), "x"), publicKey)).toBe(true);
    expect(isSignedBy(signed, keyPair().publicKey)).toBe(false);
    expect(isSignedBy(A_RECEIPT, publicKey)).toBe(false);
    expect(signed.signature!.key).toMatch(/^ed25519:[0-9a-f]{16}$/);
  });

  it.each([...FORGERIES, ["the words", { summary: "all is well" }] as const])(
    "holds for no receipt in which %s was changed",
    (_, change) => {
      expect(isSignedBy({ ...signed, ...change }, publicKey)).toBe(false);
    },
  );

  it("does not cover the keyed digest, which is put on by whoever has the key", () => {
    expect(isSignedBy({ ...signed, mac: macOf(signed, KEY) }, publicKey)).toBe(true);
  });

  it("refuses a key that is none or of another kind, and shows nothing of it", () => {
    expect(() => signReceipt(A_RECEIPT, "not a key at all")).toThrow(/^the private key of receipts cannot be read/);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
    expect(() => signReceipt(A_RECEIPT, String(rsa))).toThrow("is rsa; it must be Ed25519");
    expect(() => isSignedBy(A_RECEIPT, "x")).toThrow("the public key of receipts cannot be read");
  });
});

describe("macOf", () => {
  const sealed = { ...A_RECEIPT, mac: macOf(A_RECEIPT, KEY) };

  it("holds under its key alone", () => {
    expect(hasMac(sealed, KEY)).toBe(true);
    expect(hasMac(sealed, "another key of it")).toBe(false);
    expect(hasMac(A_RECEIPT, KEY)).toBe(false);
  });

  it.each(FORGERIES)("holds for no receipt in which %s was changed", (_, change) => {
    expect(hasMac({ ...sealed, ...change }, KEY)).toBe(false);
  });

  it("covers a line for each thing that Terraform decides by", () => {
    expect(statementOf(A_RECEIPT).split("\n")).toHaveLength(11);
    expect(statementOf({ ...A_RECEIPT, override: { owner: "o", reason: "r" } }).split("\n")).toHaveLength(11);
  });
});
