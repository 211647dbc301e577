import { expect, it } from "vitest";
import type { Cell } from "../../../probes/facts/result.ts";
import { changedOutcomes } from "../../../probes/pipeline/compare-sides.ts";

const CELL: Cell = {
  id: "1",
  env: "staging",
  route: "api /ws",
  rule: "header-set",
  header: "X-Source",
  arrives: "set",
  protocol: "websocket",
  client: "native",
  path: "/ws",
  host: "api.example.com",
  state: "pass",
  observation: "injected",
  sent: [],
  arrived: [{ hash: "aaaaaaaa", bytes: 4 }],
  answeredBy: { service: "backend", revision: null, status: 101 },
  expectedService: "backend",
  by: [],
  declaredAt: { file: "headgate.yaml", line: 1, column: 1 },
};
const other = [{ hash: "bbbbbbbb", bytes: 4 }];

it("finds no change in the same outcomes under other ids", () => {
  expect(changedOutcomes([CELL], [{ ...CELL, id: "7" }])).toEqual([]);
});

it("finds another value that the edge writes, though the outcome has the same name", () => {
  const [change] = changedOutcomes([CELL], [{ ...CELL, arrived: other }]);
  expect(change).toMatchObject({ header: "X-Source", otherValue: true });
});

it("compares no value that a client sent: it is drawn anew for each run", () => {
  const sent: Cell = { ...CELL, observation: "intact" };
  expect(changedOutcomes([sent], [{ ...sent, arrived: other }])).toEqual([]);
});

it("finds another service behind the same answer", () => {
  const elsewhere: Cell = { ...CELL, answeredBy: { service: "frontend", revision: null, status: 101 } };
  expect(changedOutcomes([CELL], [elsewhere])[0]!.after).toMatchObject({ service: "frontend" });
});

it("lists what comes and what goes", () => {
  const moved: Cell = { ...CELL, path: "/ws/x" };
  const changes = changedOutcomes([CELL], [moved]);
  expect(changes.map(({ path, before, after }) => [path, before === null, after === null])).toEqual([
    ["/ws/x", true, false],
    ["/ws", false, true],
  ]);
});
