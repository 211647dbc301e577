import type { OutcomeChange } from "./planned.ts";
import type { Cell, Counts, Result, Verdict } from "./result.ts";

/** One apply of a deploy. */
export interface Applied {
  /** What it was for. `candidate` brings a generation beside the one that is live, and `promotion` makes it live. */
  readonly name: "deploy" | "candidate" | "promotion" | "rollback";
  readonly changes: {
    readonly created: number;
    readonly changed: number;
    readonly replaced: number;
    readonly deleted: number;
  };
  readonly touchesHeaderPath: boolean;
  /** False: Terraform did not come to its end. */
  readonly done: boolean;
}

/** What answers on the public edge. */
export interface Answering {
  readonly stamp: string;
  /** Service → generation. */
  readonly generations: Readonly<Record<string, string>>;
}

/** A look at an edge where it runs. */
export interface Look {
  readonly edge: "public" | "preview";
  readonly verdict: Verdict;
  /** In one line. */
  readonly detail: string;
  /** Undefined where no request was judged: only the stamp was looked at. */
  readonly counts?: Counts;
  readonly notLookedAt: readonly string[];
}

export interface Phase {
  readonly name: string;
  readonly state: "done" | "failed";
  readonly ms: number;
}

/** Every check of one edge, by the model's word for it. */
export type Matrix = readonly MatrixCell[];

export type MatrixCell = Pick<
  Cell,
  | "env"
  | "route"
  | "host"
  | "path"
  | "rule"
  | "header"
  | "arrives"
  | "protocol"
  | "client"
  | "state"
  | "observation"
  | "expectedService"
  | "declaredAt"
  | "waived"
  | "consequenceOf"
>;

/** What a deploy did, and what answers now: one entry of a ledger. `headgate-deploy/1`. */
export interface DeployRecord {
  readonly schema: "headgate-deploy/1";
  readonly run: Pick<Result["run"], "id" | "verb" | "tool" | "contract" | "env" | "startedAt" | "durationMs">;
  readonly promotion: "direct" | "preview";
  readonly way: "terraform" | "cdktf";
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** Why the verdict is no pass; empty for a pass. */
  readonly reasons: readonly string[];
  readonly override?: { readonly owner: string; readonly reason: string };
  readonly phases: readonly Phase[];
  readonly applies: readonly Applied[];
  readonly before: Answering | null;
  readonly after: Answering | null;
  /** Of the public edge. Null: there was none, or it was not read. */
  readonly matrix: { readonly before: Matrix | null; readonly after: Matrix | null };
  /** Every outcome of the public edge that is another one now. */
  readonly outcomes: readonly OutcomeChange[];
  readonly looks: readonly Look[];
  /** Names to create at their owner, before the edge can be ready. */
  readonly dnsRecords: readonly { readonly name: string; readonly type: string; readonly data: string }[];
  /** Commands: to the end of this deploy, and to what was before it. */
  readonly on: string | null;
  readonly back: string | null;
  /** Commands that mend what an apply left half done. */
  readonly remedies: readonly string[];
}
