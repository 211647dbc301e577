import * as z from "zod";
import { instant, receiptTime, line, sha256Text, signature } from "./receipt-terms.ts";
import { fitsDigest, fitsSignature, keyedDigest, signatureOf } from "./seal.ts";

/** That the edge of one release was probed where it runs, and passed. */
export const liveProof = z.strictObject({
  /** Stamp of the release that was probed, as its URL map answered it. */
  stamp: sha256Text,
  at: instant,
  /** Id of the run that looked. */
  run: line,
  /** Keyed digest of the statement. */
  mac: sha256Text.optional(),
  /** Ed25519 over the statement. */
  signature: signature.optional(),
});

export type LiveProof = z.infer<typeof liveProof>;

/** What was probed, and by which run. */
export interface Probed {
  readonly stamp: string;
  readonly run: string;
  readonly at: Date;
}

/** Keys that a run has; both are optional, and what has no key has no seal. */
export interface ProofKeys {
  /** Of the keyed digest. */
  readonly key?: string | undefined;
  /** PEM (PKCS #8): signs. */
  readonly privateKey?: string | undefined;
  /** PEM (SPKI): whose signatures count. */
  readonly publicKey?: string | undefined;
}

/** What both seals cover: a proof of one environment is none of another. */
export function proofStatement(environment: string, { stamp, at, run }: LiveProof): string {
  return ["headgate-live/1", environment, stamp, at, run].join("\n");
}

/**
 * A proof, sealed with the keys at hand.
 * @throws Error for a private key that is none, or of another kind.
 */
export function proofOf(environment: string, { stamp, run, at }: Probed, { key, privateKey }: ProofKeys): LiveProof {
  const proof = { stamp, at: receiptTime(at), run };
  const statement = proofStatement(environment, proof);
  return {
    ...proof,
    ...(key !== undefined && { mac: keyedDigest(statement, key) }),
    ...(privateKey !== undefined && { signature: signatureOf(statement, privateKey) }),
  };
}

/**
 * Why a proof does not count under the keys at hand; undefined where it does. Without a key there is nothing to refuse by.
 * @throws Error for a public key that is none, or of another kind.
 */
export function proofRefusal(environment: string, proof: LiveProof, { key, publicKey }: ProofKeys): string | undefined {
  const statement = proofStatement(environment, proof);
  if (key !== undefined && !fitsDigest(proof.mac, statement, key))
    return proof.mac === undefined ? "it is not sealed with a key" : "it is sealed with another key, or was changed";
  if (publicKey !== undefined && !fitsSignature(proof.signature, statement, publicKey))
    return proof.signature === undefined ? "it is not signed" : "it is signed by another key, or was changed";
  return undefined;
}
