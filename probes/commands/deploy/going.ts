import type { Contract, Environment } from "../../../contract/contract.ts";
import type { CommandContext } from "../context.ts";
import type { Seal } from "../receipt-keys.ts";
import type { RunOptions } from "../run.ts";
import type { Journal } from "./journal.ts";

export interface DeployOptions extends RunOptions {
  /** Run Terraform itself, in place of `cdktf deploy`. */
  readonly terraform?: boolean;
  /** Images by digest, each `SERVICE=IMAGE@sha256:…`. */
  readonly image?: readonly string[];
  /** Values of variables, each `NAME=VALUE`. */
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  /** Go back to the release before the one that is live. */
  readonly rollback?: boolean;
  /** Where to connect to an edge in place of its address, each `public=https://ADDRESS:PORT` or `preview=…`. */
  readonly edge?: readonly string[];
  readonly ca?: string;
  /** Name server to ask, `ADDRESS[:PORT]`; default: the system's. */
  readonly dns?: string;
  /** False: the public edge is not looked at where it runs. */
  readonly verify: boolean;
  /** Longest time to wait for an edge to answer as it was just changed, in seconds. */
  readonly wait: number;
}

/** A deploy on its way. */
export interface Going {
  readonly stack: string;
  readonly contract: Contract;
  readonly environment: Environment;
  readonly options: DeployOptions;
  /** Its standard output is for people; where a machine reads that, this goes to standard error. */
  readonly context: CommandContext;
  readonly way: "terraform" | "cdktf";
  readonly seal: Seal;
  readonly journal: Journal;
}

/** A deploy that does not go on, for a reason that is no fault of its own: the code is that of the verdict. */
export class StoppedError extends Error {
  readonly code: number;
  /** Commands that mend what is half done. */
  readonly remedies: readonly string[];

  constructor(code: number, message: string, remedies: readonly string[] = []) {
    super(message);
    this.name = "StoppedError";
    this.code = code;
    this.remedies = remedies;
  }
}
