import { dirname, join } from "node:path";
import type { Contract } from "../../contract/contract.ts";
import { own } from "../../contract/contract.ts";
import type { LiveProof } from "../../contract/live-proof.ts";
import { ContractError } from "../../contract/problem.ts";
import { RELEASE_FILE, loadRelease } from "../../contract/release.ts";
import type { Release } from "../../contract/release.ts";
import type { Seal } from "./receipt-keys.ts";

/** Whether what production is built from was probed where it runs; neither for an environment that asks for no proof. */
export interface LiveStanding {
  /** It counts under the keys of this run. */
  readonly proof?: LiveProof;
  /** Why there is none that counts, in one line. */
  readonly missing?: string;
}

/** What `release.json` beside the contract proves of a stack. Before the first apply there is nothing to be proved. */
export function liveStanding(contract: Contract, stack: string, seal: Seal): LiveStanding {
  if (own(contract.environments, stack)?.promotion !== "preview") return {};
  let release: Release | undefined;
  try {
    release = loadRelease(join(dirname(contract.file), RELEASE_FILE), stack);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { missing: error.message };
  }
  if (release === undefined) return {};
  const { proof } = release.live;
  if (proof === undefined)
    return {
      missing: `${RELEASE_FILE} has no live proof of it, so Terraform takes it only as what was applied first`,
    };
  const refusal = seal.proofRefusal(proof, stack);
  return refusal === undefined
    ? { proof }
    : { missing: `the live proof in ${RELEASE_FILE} does not count: ${refusal}` };
}
