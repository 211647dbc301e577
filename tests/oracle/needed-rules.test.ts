import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { traceRequest } from "../../probes/model/trace.ts";
import { TRACE_ID } from "../support/edge-request.ts";
import { backendOf, backendReference, referenceTerraform, routingMap } from "../support/reference.ts";
import { askOracle } from "../support/oracle/ask.ts";
import { accountOfModel, accountOfOracle, differences } from "../support/oracle/compare.ts";
import type { Account } from "../support/oracle/compare.ts";
import { anyCase, declaredRequests, mutated, plantedFaults } from "../support/oracle/corpus.ts";
import { unexplained } from "../support/oracle/known.ts";
import { modelOf, off } from "../support/oracle/model.ts";
import type { Reading } from "../support/oracle/model.ts";
import type { Plain } from "../support/oracle/terraform.ts";
import { plantedCases } from "../support/oracle/planted.ts";
import { anyPair } from "../support/oracle/pairs.ts";
import { waysOf } from "../support/oracle/ways.ts";
import type { OracleRequest, OracleRule } from "../support/oracle/types.ts";

interface Answered {
  readonly terraform: Plain;
  readonly request: OracleRequest;
  readonly reading: Reading;
  readonly model: Account;
}

/** The same in every run: a rule that goes unnoticed is a defect of the comparison, not of a seed. */
const SEED = 20_301;
const answered: Answered[] = [];
/** Those of which both say the same, to the letter. */
let exact: readonly Answered[] = answered;

function answer(terraform: Plain, requests: readonly OracleRequest[], reading: Reading = {}): void {
  const model = modelOf(terraform);
  for (const request of requests) {
    const account = accountOfModel(traceRequest(model, { ...request, traceId: TRACE_ID }, reading));
    answered.push({ terraform, request, reading, model: account });
  }
}

/** What model and oracle say differently of a case while the oracle forgets a rule. */
function differing({ terraform, request, reading, model }: Answered, rule?: OracleRule, modest = false): string[] {
  const oracle = accountOfOracle(askOracle(terraform, request, { reading, ...(rule !== undefined && off(rule)) }));
  if (model.kind === "unknown" && oracle.kind !== "unknown" && rule !== "U9 classic") return [];
  const joined = reading["repeated-headers"] === "joined";
  return unexplained(differences(model, oracle, { joined, modest }), { terraform, reading });
}

beforeAll(async () => {
  for (const { terraform, request } of plantedCases()) answer(terraform, [request]);
  for (const { plant } of await plantedFaults()) {
    const terraform = referenceTerraform();
    plant(terraform);
    answer(terraform, declaredRequests("staging.example.com"));
  }
  answer(overlapping(), declaredRequests("staging.example.com"));
  for (const { mutations, requests, reading } of fc.sample(anyCase, { numRuns: 400, seed: SEED }))
    answer(mutated(mutations), requests, reading);
  for (const pair of fc.sample(anyPair, { numRuns: 120, seed: SEED })) {
    const { terraform } = pair.configuration;
    const requests = pair.requests.flatMap((request) => waysOf(terraform, request, { reading: pair.reading }));
    answer(terraform, requests, pair.reading);
  }
}, 120_000);

/** What random changes seldom bring together: overlapping rules in another order, and one name in two places (V5). */
function overlapping(): Plain {
  const terraform = referenceTerraform();
  const map = routingMap(terraform);
  map.path_matcher[0].route_rules.unshift({
    priority: 900,
    match_rules: [{ prefix_match: "/" }],
    service: backendReference(terraform, "auth"),
  });
  map.header_action.request_headers_to_add = [{ header_name: "X-A", header_value: "u", replace: true }];
  backendOf(terraform, "backend").custom_request_headers = ["X-A: b"];
  return terraform;
}

/** Left out: `H4 trace context`, because Cloud Run adds what the balancer would not have added (A49). */
const RULES = [
  "U11 host",
  "U11 wildcard",
  "U12 wildcard path",
  "U12 longest",
  "U13 or",
  "U13 ignore case",
  "U13 template",
  "U13 query",
  "U15 header",
  "U15 invert",
  "U20 weights",
  "U22 rewrite",
  "U23 preflight",
  "W5 fault",
  "V12 armor header",
  "P2 consumed",
  "P3 proxy authorization",
  "P4 identity",
  "S11 mask",
  "R11 serverless token",
  "R12 signature",
  "U9 classic",
  "H19 keep alive",
  "H20 custom method",
  "U13 priority",
  "U13 exact path",
  "U2 order",
  "U3 remove first",
  "U4 replace",
  "V3 unknown variable",
  "V4 overwrite",
  "V5 url map wins",
  "H1 via",
  "H2 forwarded proto",
  "H3 forwarded for",
  "H5 hop by hop",
  "H5b nominated",
  "H6 upgrade pair",
  "H7 other upgrade",
  "H14 names",
  "H22 slashes",
  "H27 size",
  "P6 deny",
  "P6 preview rule",
  "R4 h2c",
  "R8 forwarded",
  "R10 iam",
  "R13 several",
  "U21 redirect",
  "certificate",
] as const satisfies readonly OracleRule[];

describe("the comparison", () => {
  it("finds nothing while every rule of the oracle is on", () => {
    expect(answered.length).toBeGreaterThan(700);
    for (const each of answered) expect(differing(each, undefined, true), JSON.stringify(each.request)).toEqual([]);
    exact = answered.filter((each) => differing(each).length === 0);
    expect(exact.length / answered.length).toBeGreaterThan(0.98);
  });

  it.each(RULES)("notices when the oracle forgets %s", (rule) => {
    expect(exact.some((each) => differing(each, rule).length > 0)).toBe(true);
  });
});
