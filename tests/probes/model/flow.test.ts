import { describe, expect, it } from "vitest";
import type { StagedAct } from "../../../probes/facts/provenance.ts";
import { HeaderFlow } from "../../../probes/model/flow.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";

const act = (attribute: string): StagedAct => ({
  address: "a.b",
  attribute,
  file: "f",
  line: 1,
  column: 1,
  effect: "acts",
  stage: "url-map",
});
const lines = [
  ["Host", "h"],
  ["X-A", "1"],
  ["Cookie", "c"],
  ["x-a", "2"],
] as const;
const tracedOf = (flow: HeaderFlow, name: string) => flow.traced().find((header) => header.name === name);

describe("a flow of headers", () => {
  it("removes every line of a name, in any case, and no other", () => {
    const flow = new HeaderFlow(lines);
    flow.remove("X-a", act("removal"));
    expect(flow.lines).toEqual([
      ["Host", "h"],
      ["Cookie", "c"],
    ]);
    expect(tracedOf(flow, "x-a")).toEqual({
      name: "x-a",
      state: "removed",
      sent: ["1", "2"],
      arrives: [],
      by: [act("removal")],
    });
  });

  it("says nothing of a removal that found nothing", () => {
    const flow = new HeaderFlow(lines);
    flow.remove("x-b", act("removal"));
    expect(tracedOf(flow, "x-b")).toBeUndefined();
  });

  it("replaces all lines by one, where the first stood", () => {
    const flow = new HeaderFlow(lines);
    flow.replace("x-A", "n", act("write"));
    expect(flow.lines).toEqual([
      ["Host", "h"],
      ["x-A", "n"],
      ["Cookie", "c"],
    ]);
    expect(tracedOf(flow, "x-a")).toMatchObject({ state: "replaced", arrives: ["n"] });
  });

  it("replaces nothing by a line at the end", () => {
    const flow = new HeaderFlow(lines);
    flow.replace("x-b", "n", act("write"));
    expect(flow.lines.at(-1)).toEqual(["x-b", "n"]);
    expect(tracedOf(flow, "x-b")).toMatchObject({ state: "added", sent: [], arrives: ["n"] });
  });

  it("appends a line and keeps what is there", () => {
    const flow = new HeaderFlow(lines);
    flow.append("X-A", "3", act("write"));
    expect(flow.values("x-a")).toEqual(["1", "2", "3"]);
    expect(tracedOf(flow, "x-a")).toMatchObject({ state: "appended" });
  });

  it("keeps acts in order and the sent lines as they were", () => {
    const flow = new HeaderFlow(lines);
    flow.remove("cookie", act("first"));
    flow.replace("Cookie", "other", act("second"));
    expect(tracedOf(flow, "cookie")!.by.map(({ attribute }) => attribute)).toEqual(["first", "second"]);
    expect(flow.sent).toEqual(lines);
  });

  it("is `same` untouched, with the place where a removal would stand", () => {
    const flow = new HeaderFlow(lines);
    flow.untouched("COOKIE", act("would be here"));
    expect(tracedOf(flow, "cookie")).toMatchObject({ state: "same", by: [act("would be here")] });
    flow.replace("cookie", "n", act("write"));
    expect(tracedOf(flow, "cookie")!.by).toEqual([act("write")]);
  });

  it("gives null for a value that cannot be known", () => {
    const flow = new HeaderFlow(lines);
    flow.replace("cookie", `a ${PLACEHOLDER}`, act("write"));
    expect(tracedOf(flow, "cookie")).toMatchObject({ state: "replaced", arrives: [null] });
  });

  it("is absent when it was written and taken away again", () => {
    const flow = new HeaderFlow([]);
    flow.append("x-b", "n", act("write"));
    flow.remove("x-b", act("removal"));
    expect(tracedOf(flow, "x-b")).toMatchObject({ state: "absent", sent: [], arrives: [] });
  });

  it("remembers what the configuration wrote, in any case", () => {
    const flow = new HeaderFlow(lines);
    flow.markWritten("X-B");
    expect([flow.isWritten("x-b"), flow.isWritten("x-a")]).toEqual([true, false]);
  });
});
