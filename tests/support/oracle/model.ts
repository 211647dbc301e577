import { buildEdges } from "../../../probes/model/build.ts";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { readSynthesized } from "../../../probes/terraform/read-cdktf-out.ts";
import { TRACE_ID } from "../edge-request.ts";
import { askOracle } from "./ask.ts";
import { accountOfModel, accountOfOracle, differences } from "./compare.ts";
import type { Account } from "./compare.ts";
import type { Plain } from "./terraform.ts";
import type { OracleOptions, OracleRequest, OracleRule } from "./types.ts";

const FILE = "cdk.tf.json";

/** The product's model of the edge with this label, from the same JSON that the oracle reads. */
export function modelOf(terraform: Plain, edge?: string): EdgeModel {
  const edges = buildEdges({ ...readSynthesized(JSON.stringify(terraform), FILE, "compared"), digest: "0".repeat(64) });
  const found = edges.find((model) => model.edge === edge);
  if (found === undefined) throw new Error(`the model has no edge ${edge}`);
  return found;
}

export type Reading = Readonly<Record<string, string>>;

export interface Comparison {
  readonly oracle: Account;
  readonly model: Account;
  /** Empty where both say the same. */
  readonly differences: readonly string[];
  /** The model says that it cannot tell, of the request or of a header, and the oracle knows no row that would make it so. */
  readonly needlesslyUnknown: boolean;
}

/** What oracle and model say of one request under one reading of the open questions. */
export function compareWithModel(
  terraform: Plain,
  request: OracleRequest,
  more: OracleOptions & { readonly model?: EdgeModel } = {},
): Comparison {
  const { reading = {}, edge, model = modelOf(terraform, edge) } = more;
  const trace = traceRequest(model, { ...request, traceId: TRACE_ID }, reading);
  const claimed = accountOfModel(trace);
  const expected = accountOfOracle(askOracle(terraform, request, more));
  const joined = reading["repeated-headers"] === "joined";
  const found = differences(claimed, expected, { joined });
  const isModest = found.length > 0 && differences(claimed, expected, { joined, modest: true }).length === 0;
  return {
    model: claimed,
    oracle: expected,
    differences: found,
    needlesslyUnknown: (claimed.kind === "unknown" && expected.kind !== "unknown") || isModest,
  };
}

export const off = (...rules: OracleRule[]): { off: ReadonlySet<OracleRule> } => ({ off: new Set(rules) });
