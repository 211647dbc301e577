import { afterEach, describe, expect, it } from "vitest";
import { chaosFrom } from "../support/stand-in-google/chaos.ts";
import type { Change, Fault } from "../support/stand-in-google/chaos.ts";
import type { LogEntry } from "../support/stand-in-google/cloud.ts";
import { goodEdge } from "./good-edge.ts";
import { workspaceWith } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

const change = (name: string): Change => ({ operation: "update", type: "google_compute_url_map", name });
const done = (name: string): LogEntry => ({ ...change(name), outcome: "done" });
const names = Array.from({ length: 200 }, (_, index) => `map-${index}`);

const delays = (delay: string, seed: string): number[] => {
  const chaos = chaosFrom({ HEADGATE_STAND_IN_DELAY_MS: delay, HEADGATE_STAND_IN_SEED: seed });
  return names.map((name) => chaos.delayMsOf(change(name)));
};

const faults = (fail: string, seed: string): (Fault | undefined)[] => {
  const chaos = chaosFrom({ HEADGATE_STAND_IN_FAIL: fail, HEADGATE_STAND_IN_SEED: seed });
  return names.map((name) => chaos.faultOf(change(name), []));
};

describe("delays", () => {
  it("are none unless asked for, one length where one is given, and drawn from a range by the seed", () => {
    expect(chaosFrom({}).delayMsOf(change("map"))).toBe(0);
    expect(new Set(delays("300", "1"))).toEqual(new Set([300]));
    const drawn = delays("100..800", "1");
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(800);
    expect(new Set(drawn).size).toBeGreaterThan(50);
    expect(delays("100..800", "1")).toEqual(drawn);
    expect(delays("100..800", "2")).not.toEqual(drawn);
  });
});

describe("failures", () => {
  it("are none unless asked for", () => {
    expect(new Set(names.map((name) => chaosFrom({}).faultOf(change(name), [])))).toEqual(new Set([undefined]));
  });

  it("come as often as is asked for, before and after the effect, the same under one seed", () => {
    const drawn = faults("0.2", "1");
    const count = (wanted: Fault): number => drawn.filter((each) => each === wanted).length;
    expect(count("before") + count("after")).toBeGreaterThan(20);
    expect(count("before") + count("after")).toBeLessThan(60);
    expect(count("before")).toBeGreaterThan(5);
    expect(count("after")).toBeGreaterThan(5);
    expect(faults("0.2", "1")).toEqual(drawn);
    expect(faults("0.2", "2")).not.toEqual(drawn);
  });

  it("are drawn anew when a change is tried again", () => {
    const chaos = chaosFrom({ HEADGATE_STAND_IN_FAIL: "0.5" });
    const tries = Array.from({ length: 20 }, (_, count) =>
      chaos.faultOf(change("map"), Array(count).fill(done("map"))),
    );
    expect(new Set(tries).size).toBeGreaterThan(1);
  });

  it("hit the change that is named, and no other", () => {
    const chaos = chaosFrom({ HEADGATE_STAND_IN_FAIL: "after update google_compute_url_map#2" });
    expect(chaos.faultOf(change("a"), [])).toBeUndefined();
    expect(chaos.faultOf(change("b"), [done("a")])).toBe("after");
    expect(chaos.faultOf({ ...change("b"), operation: "create" }, [done("a")])).toBeUndefined();
    expect(chaos.faultOf(change("c"), [done("a"), done("b")])).toBeUndefined();
  });
});

it.each([
  ["HEADGATE_STAND_IN_DELAY_MS", "soon", 'is "soon"; write milliseconds: 300, or 100..800'],
  ["HEADGATE_STAND_IN_DELAY_MS", "800..100", 'is "800..100"; write milliseconds: 300, or 100..800'],
  ["HEADGATE_STAND_IN_FAIL", "often", 'holds "often"; write a probability (0.05) or the n-th change of a kind'],
  ["HEADGATE_STAND_IN_FAIL", "update google_compute_url_map#0", "write a probability (0.05) or the n-th change"],
])("refuses %s=%s", (name, value, message) => {
  expect(() => chaosFrom({ [name]: value })).toThrow(`${name} `);
  expect(() => chaosFrom({ [name]: value })).toThrow(message);
});

describe("under Terraform", { timeout: 120_000 }, () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it("a change that was refused is made by the next apply, and one whose answer was lost is there already", async () => {
    workspace = await workspaceWith(goodEdge());
    const maps = (): unknown[] =>
      Object.entries(workspace.cloud().resources)
        .filter(([key]) => key.startsWith("google_compute_url_map"))
        .map(([, { body }]) => body["description"]);
    const fails = {
      HEADGATE_STAND_IN_FAIL: "before create google_compute_url_map#1",
      HEADGATE_STAND_IN_DELAY_MS: "5..40",
    };
    const first = await workspace.runWith(fails, "apply", "-auto-approve");
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain("Error 503: The service is currently unavailable");
    expect(maps()).toHaveLength(1);
    expect(workspace.log().filter(({ outcome }) => outcome === "refused")).toMatchObject([
      { operation: "create", type: "google_compute_url_map", delayMs: expect.any(Number) },
    ]);
    expect((await workspace.run("apply", "-auto-approve")).exitCode).toBe(0);

    const edge = goodEdge();
    edge.resource.google_compute_url_map.routes.description = "changed";
    workspace.write(edge);
    const lost = { HEADGATE_STAND_IN_FAIL: "after update google_compute_url_map#1" };
    expect((await workspace.runWith(lost, "apply", "-auto-approve")).exitCode).toBe(1);
    expect(maps()).toContain("changed");
    expect(workspace.log().filter(({ outcome }) => outcome === "lost")).toHaveLength(1);
    expect((await workspace.plannedActions())["google_compute_url_map.routes"]).toEqual(["no-op"]);
  });
});
