import { readFileSync } from "node:fs";
import { oneLine } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { proofOf, proofRefusal } from "../../contract/live-proof.ts";
import type { LiveProof } from "../../contract/live-proof.ts";
import { MIN_RECEIPT_KEY, hasMac, isSignedBy, macOf, signReceipt } from "../../contract/receipt-seal.ts";
import { publicHalfOf } from "../../contract/seal.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

/** Environment variables of receipts. Keys stand in them as they are, or as the name of a file that holds them. */
export const RECEIPT_ENV = {
  /** Ed25519, PEM: signs. */
  privateKey: "HEADGATE_RECEIPT_PRIVATE_KEY",
  /** Ed25519, PEM: whose signatures are taken. */
  publicKey: "HEADGATE_RECEIPT_PUBLIC_KEY",
  /** Of the keyed digest, which Terraform checks. */
  key: "HEADGATE_RECEIPT_KEY",
  /** `OWNER: REASON`. */
  override: "HEADGATE_OVERRIDE",
} as const;

/** Furthest that a receipt's clock may be ahead: Terraform refuses one of the future, and it must not stay for ever. */
const CLOCK_SKEW_MS = 300_000;

/** What is put on receipts and live proofs, and whose signature counts. */
export interface Seal {
  /** @param isUnproved whether a live proof is wanted, and missing: then an override counts beside a verdict that passes. */
  readonly close: (receipt: Receipt, isUnproved?: boolean) => Receipt;
  /** That a release was probed where it runs and passed, sealed with every key at hand. */
  readonly proof: (stamp: string, run: string, environment: string, now: Date) => LiveProof;
  /** Why a proof does not count under the keys at hand; undefined where it does. */
  readonly proofRefusal: (proof: LiveProof, environment: string) => string | undefined;
  readonly publicKey: string | undefined;
  readonly key: string | undefined;
  /** Who goes on in spite of a judgement, and why. */
  readonly override: Receipt["override"];
}

/** @throws UsageError for a key that is none, and an override that does not say who and why. */
export function sealOf(env: CommandContext["env"]): Seal {
  const privateKey = keyOf(env, RECEIPT_ENV.privateKey);
  const publicKey = keyOf(env, RECEIPT_ENV.publicKey);
  const key = keyOf(env, RECEIPT_ENV.key);
  if (key !== undefined && key.length < MIN_RECEIPT_KEY)
    throw new UsageError(`${RECEIPT_ENV.key} has fewer than ${MIN_RECEIPT_KEY} characters, and could be guessed`);
  const override = overrideOf(env);
  return {
    publicKey,
    key,
    override,
    proof: (stamp, run, environment, at) =>
      asUsage(() => proofOf(environment, { stamp, run, at }, { key, privateKey })),
    proofRefusal: (proof, environment) =>
      asUsage(() => proofRefusal(environment, proof, { key, publicKey: publicKey ?? halfOf(privateKey) })),
    close: (receipt, isUnproved = false) => {
      const isOverridden = override !== undefined && (receipt.verdict !== "pass" || isUnproved);
      const whole = isOverridden ? { ...receipt, override } : receipt;
      const signed = privateKey === undefined ? whole : asUsage(() => signReceipt(whole, privateKey));
      return key === undefined ? signed : { ...signed, mac: macOf(signed, key) };
    },
  };
}

/** Whoever signs is sure to know the own signature. */
function halfOf(privateKey: string | undefined): string | undefined {
  return privateKey === undefined ? undefined : publicHalfOf(privateKey);
}

export interface Fresh {
  /** Of the configuration as it stands now. */
  readonly digest: string;
  readonly contract: string;
  /** What a new receipt would hold. */
  readonly live: LiveProof | undefined;
  readonly now: Date;
  readonly maxAgeMs: number;
  readonly seal: Seal;
}

/** Whether a receipt from elsewhere stays: somebody whose key is trusted looked at this very configuration, not long ago. */
export function keepsSigned(receipt: Receipt, { digest, contract, live, now, maxAgeMs, seal }: Fresh): boolean {
  const { publicKey, key } = seal;
  if (publicKey === undefined) return false;
  const age = now.getTime() - Date.parse(receipt.at);
  return (
    receipt.configuration.digest === digest &&
    receipt.contract === contract &&
    (live === undefined || receipt.live?.stamp === live.stamp) &&
    receipt.override === undefined &&
    age > -CLOCK_SKEW_MS &&
    age < maxAgeMs &&
    (key === undefined || hasMac(receipt, key)) &&
    asUsage(() => isSignedBy(receipt, publicKey))
  );
}

function overrideOf(env: CommandContext["env"]): Receipt["override"] {
  const written = env[RECEIPT_ENV.override];
  if (written === undefined || written === "") return undefined;
  const match = /^\s*([^:\s][^:]*):\s*(\S[^]*)$/.exec(written);
  if (match === null)
    throw new UsageError(
      `${RECEIPT_ENV.override} says who deploys in spite of the verdict, and why: OWNER: REASON, such as "ops@example.com: rollback during an outage"`,
    );
  return { owner: oneLine(match[1]!), reason: oneLine(match[2]!) };
}

/** The key itself, or what the file of this name holds. */
function keyOf(env: CommandContext["env"], name: string): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== "") return direct;
  const file = env[`${name}_FILE`];
  if (file === undefined || file === "") return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new UsageError(`${name}_FILE cannot be read: ${(cause as Error).message}`);
  }
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new UsageError((cause as Error).message);
  }
}
