import type { Contract, Route } from "../../contract/contract.ts";
import { carriesToken } from "../../contract/template.ts";
import { listMembers, sameName } from "../../http/header-list.ts";
import type { Case, PlannedHeader, Trial } from "../facts/case.ts";
import { HOP_BY_HOP_NAMES, IAP_IDENTITY_NAMES } from "./trial-headers.ts";

const SUBPROTOCOLS = "Sec-WebSocket-Protocol";

/** A trial, and what tells its case from the one that it is made after. */
interface Made {
  readonly trial: Trial;
  readonly name: string;
}

/**
 * The requests beside the declared ones: the platform's own headers once for each path form and protocol, the size of
 * credentials once for each route, the subprotocol list in other lengths and on two lines once for each WebSocket route.
 * `cases` are the declared ones of a route. All are the native client's: an attacker and a proxy know no pages.
 */
export function trialsOf(contract: Contract, route: Route, cases: readonly Case[]): Case[] {
  const [first] = cases.filter(({ protocol }) => protocol === route.protocol);
  if (first === undefined) return [];
  const platform = firstOfEach(cases, ({ form, protocol }) => `${form} ${protocol}`).map((each) =>
    trialCase(contract, route, each, { trial: platformTrial(contract, route), name: "platform" }),
  );
  const own = [
    ...headroomTrials(contract, route),
    ...(first.protocol === "websocket" ? listTrials(contract, route) : []),
  ];
  return [...platform, ...own.map((made) => trialCase(contract, route, first, made))];
}

function firstOfEach(cases: readonly Case[], keyOf: (planned: Case) => string): Case[] {
  return cases.filter((each, index) => cases.findIndex((other) => keyOf(other) === keyOf(each)) === index);
}

/** Everything declared goes along, so that the trial is routed and let in as an ordinary request is. */
function trialCase(contract: Contract, route: Route, base: Case, { trial, name }: Made): Case {
  const { page: _, answer: __, ...rest } = base;
  const headers = carried(contract, route).filter(
    (header) => base.protocol === "websocket" || !sameName(header.name, SUBPROTOCOLS),
  );
  const answer = headers.map(({ id }) => contract.headers[id]?.answer).find((each) => each !== undefined);
  return {
    ...rest,
    id: [base.env, base.host, base.path, base.protocol, "native", name].join(" "),
    client: "native",
    headers,
    skipped: [],
    trial,
    ...(answer !== undefined && { answer }),
  };
}

/** What an honest client sends: nothing that must not arrive, and nothing that only the edge writes. */
function carried(contract: Contract, route: Route): PlannedHeader[] {
  return route.headers.flatMap((id) => {
    const { name, arrives, arrivesAt, send } = contract.headers[id]!;
    if (arrives.kind === "never" || arrives.kind === "set") return [];
    return [{ id, name, arrives, declaredAt: arrivesAt, ...(send !== undefined && { send }) }];
  });
}

function platformTrial(contract: Contract, route: Route): Trial {
  const behindIap = contract.services[route.service]?.access === "iap";
  const never = route.headers.map((id) => contract.headers[id]!).filter(({ arrives }) => arrives.kind === "never");
  const triesIap = behindIap || Object.values(contract.headers).some(({ name }) => /^x-goog-/i.test(name));
  const names = [...never.map(({ name }) => name), ...(triesIap ? IAP_IDENTITY_NAMES : [])];
  return {
    kind: "platform",
    // IAP reads its token in Proxy-Authorization: a canary there would be refused, and rightly (fact P3).
    hopByHop: HOP_BY_HOP_NAMES.filter((name) => !behindIap || name !== "Proxy-Authorization"),
    identity: names.filter((name, index) => names.findIndex((other) => sameName(other, name)) === index),
    ...(!triesIap && { untried: { names: "X-Goog-…", reason: NO_IAP } }),
  };
}

const NO_IAP = "no IAP stands before the service, and no X-Goog- header is declared (P4)";

function headroomTrials(contract: Contract, route: Route): Made[] {
  const tokens = carried(contract, route).filter(
    ({ name, send }) => carriesToken(send) && (route.protocol === "websocket" || !sameName(name, SUBPROTOCOLS)),
  );
  return tokens.length === 0 ? [] : [{ trial: { kind: "headroom" }, name: "headroom" }];
}

/** One, two and three entries, as far as the declared list is not of that length already, and two lines. */
function listTrials(contract: Contract, route: Route): Made[] {
  const list = carried(contract, route).find(({ name }) => sameName(name, SUBPROTOCOLS));
  if (list === undefined) return [];
  const declared = listMembers([list.send ?? ""]).length;
  const lengths = [1, 2, 3].filter((entries) => entries !== declared);
  return [
    ...lengths.map((entries): Made => ({
      trial: { kind: "subprotocols", entries, lines: 1 },
      name: `${entries} ${entries === 1 ? "subprotocol" : "subprotocols"}`,
    })),
    { trial: { kind: "subprotocols", entries: Math.max(2, declared), lines: 2 }, name: "subprotocols on two lines" },
  ];
}
