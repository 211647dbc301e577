import { describe, expect, it } from "vitest";
import type { Receipt } from "../../../contract/receipt.ts";
import { keepsSigned, sealOf } from "../../../probes/commands/receipt-keys.ts";
import { UsageError } from "../../../probes/commands/context.ts";
import { A_RECEIPT, HASH, keyPair } from "../../support/receipts.ts";

const pair = (): { HEADGATE_RECEIPT_PUBLIC_KEY: string; HEADGATE_RECEIPT_PRIVATE_KEY: string } => {
  const { publicKey, privateKey } = keyPair();
  return { HEADGATE_RECEIPT_PUBLIC_KEY: publicKey, HEADGATE_RECEIPT_PRIVATE_KEY: privateKey };
};
const KEYS = { ...pair(), HEADGATE_RECEIPT_KEY: "a key of the pipeline" };
const OVERRIDE = { HEADGATE_OVERRIDE: "ops@example.com: outage" };
const LIVE = { stamp: HASH, at: "2026-01-31T23:00:00Z", run: "r1" };
const seal = sealOf(KEYS);
/** Of one minute before. */
const signed = seal.close(A_RECEIPT);
const FRESH = {
  digest: A_RECEIPT.configuration.digest,
  contract: A_RECEIPT.contract,
  live: undefined,
  now: new Date("2026-02-01T00:00:59Z"),
  maxAgeMs: 900_000,
  seal,
};

describe("keepsSigned", () => {
  it("keeps a receipt that a trusted key signed, for this configuration, not long ago", () => {
    expect(keepsSigned(signed, FRESH)).toBe(true);
  });

  it.each<[string, Partial<typeof FRESH>]>([
    ["of another configuration", { digest: "f".repeat(64) }],
    ["of another contract", { contract: "f".repeat(64) }],
    ["whose time is over", { now: new Date("2026-02-01T00:14:59Z") }],
    ["whose time is over by the contract", { maxAgeMs: 60_000 }],
    ["of the future", { now: new Date("2026-01-31T23:54:58Z") }],
    ["under another public key", { seal: sealOf({ ...KEYS, ...pair() }) }],
    ["sealed with another key", { seal: sealOf({ ...KEYS, HEADGATE_RECEIPT_KEY: "another key, as long" }) }],
    ["where no public key says whom to trust", { seal: sealOf({ HEADGATE_RECEIPT_KEY: KEYS.HEADGATE_RECEIPT_KEY }) }],
  ])("keeps none %s", (_, change) => {
    expect(keepsSigned(signed, { ...FRESH, ...change })).toBe(false);
  });

  it("keeps one up to the last second of its time, and as far ahead of this clock as Terraform takes it", () => {
    expect(keepsSigned(signed, { ...FRESH, now: new Date("2026-01-31T23:55:00Z") })).toBe(true);
    expect(keepsSigned(signed, { ...FRESH, now: new Date("2026-02-01T00:14:58Z") })).toBe(true);
  });

  it.each<[string, Receipt]>([
    ["is not signed", A_RECEIPT],
    ["was changed", { ...signed, verdict: "contract-broken" }],
    ["is not sealed with the key that this run has", { ...signed, mac: undefined }],
    ["was overridden", sealOf({ ...KEYS, ...OVERRIDE }).close({ ...A_RECEIPT, verdict: "contract-broken" })],
  ])("keeps none that %s", (_, receipt) => {
    expect(keepsSigned(receipt, FRESH)).toBe(false);
  });

  it("keeps none without the live proof that a new one would hold", () => {
    const live = seal.proof(HASH, "r1", "staging", FRESH.now);
    expect(keepsSigned(signed, { ...FRESH, live })).toBe(false);
    const proved = seal.close({ ...A_RECEIPT, live });
    expect(keepsSigned(proved, { ...FRESH, live })).toBe(true);
    expect(keepsSigned(proved, { ...FRESH, live: { ...live, stamp: "f".repeat(64) } })).toBe(false);
  });
});

describe("an override", () => {
  const close = (verdict: Receipt["verdict"], isUnproved?: boolean): Receipt["override"] =>
    sealOf(OVERRIDE).close({ ...A_RECEIPT, verdict }, isUnproved).override;

  it("stands in a receipt where something is to be overridden: a verdict, or a live proof that is missing", () => {
    const override = { owner: "ops@example.com", reason: "outage" };
    expect(close("contract-broken")).toEqual(override);
    expect(close("pass")).toBeUndefined();
    expect(close("pass", true)).toEqual(override);
  });

  it.each(["outage", ": outage", "ops@example.com:"])("is refused without owner and reason: %s", (text) => {
    expect(() => sealOf({ HEADGATE_OVERRIDE: text })).toThrow(UsageError);
  });
});

describe("a live proof", () => {
  const proof = seal.proof(HASH, "r1", "live", FRESH.now);

  it("is sealed with every key at hand, and counts for whoever has one of them", () => {
    expect(proof).toMatchObject({ stamp: HASH, run: "r1", at: "2026-02-01T00:00:59Z" });
    for (const name of Object.keys(KEYS) as (keyof typeof KEYS)[])
      expect(sealOf({ [name]: KEYS[name] }).proofRefusal(proof, "live"), name).toBeUndefined();
    expect(seal.proofRefusal(proof, "live")).toBeUndefined();
  });

  it("is refused under other keys, for another environment, and without the seal that this run can check", () => {
    const other = { HEADGATE_RECEIPT_KEY: "another key, as long" };
    expect(sealOf(other).proofRefusal(proof, "live")).toBe("it is sealed with another key, or was changed");
    expect(sealOf(pair()).proofRefusal(proof, "live")).toBe("it is signed by another key, or was changed");
    expect(seal.proofRefusal(proof, "staging")).toBe("it is sealed with another key, or was changed");
    expect(seal.proofRefusal(LIVE, "live")).toBe("it is not sealed with a key");
    const { HEADGATE_RECEIPT_PRIVATE_KEY } = KEYS;
    expect(sealOf({ HEADGATE_RECEIPT_PRIVATE_KEY }).proofRefusal(LIVE, "live")).toBe("it is not signed");
  });

  it("counts as it is where a run has no key", () => {
    expect(sealOf({}).proofRefusal(LIVE, "live")).toBeUndefined();
  });

  it("shows nothing of a key that is none", () => {
    const broken = sealOf({ HEADGATE_RECEIPT_PRIVATE_KEY: "not a key, and secret" });
    expect(() => broken.proof(HASH, "r1", "live", FRESH.now)).toThrow(/^the private key of receipts cannot be read/);
  });
});
