import fc from "fast-check";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import { ASKED, anyConfiguration } from "./any-configuration.ts";
import type { Configuration } from "./any-configuration.ts";
import { compareWithModel, modelOf } from "./model.ts";
import type { Comparison, Reading } from "./model.ts";
import { anyReading, anyRequest, line } from "./random.ts";
import { waysOf } from "./ways.ts";
import type { Line, OracleRequest } from "./types.ts";

/** A whole configuration, requests to it, and one reading of the open questions. */
export interface Pair {
  readonly configuration: Configuration;
  readonly requests: readonly OracleRequest[];
  readonly reading: Reading;
}

/** Headers that the random rules look at, besides those that every random request may bring. */
const LOOKED_AT: fc.Arbitrary<Line> = fc.oneof(
  fc.tuple(fc.constantFrom("X-Tenant", "x-a"), fc.constantFrom("c", "5", "client, two")),
  fc.constant<Line>(["Authorization", "Bearer aa.bb.cc"]),
  fc.constant<Line>(["Origin", "https://app.example.com"]),
  fc.constant<Line>(["Access-Control-Request-Method", "GET"]),
  fc.constant<Line>(["X-Requested-With", "XMLHttpRequest"]),
);

const target = fc
  .tuple(
    fc.constantFrom(...ASKED.paths),
    fc.constantFrom("", "", "", "?a=1", "?a=1&b=2", "?b", "?a=1&a=2", "?a=%31", "?next=//ws"),
  )
  .map(([path, query]) => path + query);

function requestsTo({ balancer }: Configuration): fc.Arbitrary<OracleRequest[]> {
  const scheme =
    balancer === "regional" ? fc.constant("http" as const) : fc.constantFrom("https", "https", "https", "http");
  const request = anyRequest(ASKED.hosts, {
    scheme: scheme,
    target,
    line: fc.oneof(line, LOOKED_AT),
  });
  return fc.array(request, { minLength: 3, maxLength: 6 });
}

export const anyPair: fc.Arbitrary<Pair> = anyConfiguration.chain((configuration) =>
  fc.record({ configuration: fc.constant(configuration), requests: requestsTo(configuration), reading: anyReading }),
);

export interface Compared extends Comparison {
  readonly request: OracleRequest;
}

/** What oracle and model say of every request of a pair. */
export function comparePair(pair: Pair, model: EdgeModel = modelOf(pair.configuration.terraform)): Compared[] {
  const { configuration, requests, reading } = pair;
  return requests
    .flatMap((request) => waysOf(configuration.terraform, request, { reading }))
    .map((request) => ({ request, ...compareWithModel(configuration.terraform, request, { reading, model }) }));
}
