import { askOracle } from "./ask.ts";
import type { Plain } from "./terraform.ts";
import type { OracleOptions, OracleRequest } from "./types.ts";

/** The request, once for each service that chance may choose for it (U20). */
export function waysOf(terraform: Plain, request: OracleRequest, options: OracleOptions): OracleRequest[] {
  const { weights = [] } = askOracle(terraform, request, options);
  if (weights.length < 2) return [request];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const draw = (before + weight / 2) / total;
    before += weight;
    return { ...request, draw };
  });
}
