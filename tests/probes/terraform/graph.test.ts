import { describe, expect, it } from "vitest";
import {
  PLACEHOLDER,
  asBoolean,
  asNumber,
  asString,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  referenced,
  resourcesOfType,
} from "../../../probes/terraform/graph.ts";
import type { Value } from "../../../probes/terraform/graph.ts";
import { ADDRESS, graphOf, smallEdge } from "../../support/edge-fixture.ts";

/** Body of a resource with these attributes. */
function body(attributes: Record<string, unknown>): Value {
  const edge = smallEdge(({ resource }) => (resource["google_compute_thing"] = { main: attributes }));
  return graphOf(edge).resources.get("google_compute_thing.main")!.body;
}

function value(written: unknown): Value {
  return attribute(body({ it: written }), "it")!;
}

const VARIABLE = "${var.x}";
const REFERENCE = "${google_compute_url_map.main.id}";

describe("attributes and blocks", () => {
  it("a null attribute is not there, as in Terraform", () => {
    expect(attribute(body({ a: null }), "a")).toBeUndefined();
    expect(attribute(body({ a: false }), "a")).toMatchObject({ value: false });
    expect(attribute(value("text"), "a")).toBeUndefined();
  });

  it.each([
    ["an object", { a: 1 }, 1],
    ["a list of one", [{ a: 1 }], 1],
    ["a list of two", [{ a: 1 }, { a: 2 }], 2],
    ["an empty list", [], 0],
    ["null", null, 0],
    ["an expression, which stands for blocks that cannot be read", VARIABLE, 1],
  ])("%s", (_, written, count) => {
    expect(blocks(body({ block: written }), "block")).toHaveLength(count);
  });

  it("an object and a list of one are the same block", () => {
    const [single] = blocks(body({ block: { a: 1 } }), "block");
    const [listed] = blocks(body({ block: [{ a: 1 }] }), "block");
    expect(attribute(single!, "a")).toMatchObject({ value: 1 });
    expect(attribute(listed!, "a")).toMatchObject({ value: 1 });
    expect([single!.by.attribute, listed!.by.attribute]).toEqual(["block", "block[0]"]);
  });
});

describe("plain values", () => {
  it.each([
    [asString, "x", "x"],
    [asString, 443, "443"],
    [asString, true, "true"],
    [asNumber, 7, 7],
    [asNumber, "7", 7],
    [asBoolean, true, true],
    [asBoolean, "true", true],
    [asBoolean, false, false],
    [asBoolean, "false", false],
  ])("%o reads %j as %j", (read, written, known) => {
    expect(read(value(written))).toMatchObject({ kind: "known", value: known });
  });

  it.each([
    [asString, REFERENCE, "is a reference to google_compute_url_map.main.id, not a plain text"],
    [asString, `a ${VARIABLE}`, "is an expression that is not evaluated (a ${var.x}), not a plain text"],
    [asNumber, `a ${VARIABLE}`, "is an expression that is not evaluated (a ${var.x}), not a number"],
    [asBoolean, `a ${VARIABLE}`, "is an expression that is not evaluated (a ${var.x}), not true or false"],
    [asString, { a: 1 }, "is a object, not a plain text"],
    [asNumber, "many", 'is "many", not a number'],
    [asNumber, "", 'is "", not a number'],
    [asBoolean, "yes", 'is "yes", not true or false'],
    [asBoolean, 1, "is 1, not true or false"],
  ])("%o says why %j cannot be read", (read, written, reason) => {
    const found = value(written);
    expect(read(found)).toEqual({ kind: "unknown", reason, by: found.by });
  });

  it.each([asString, asNumber, asBoolean])("%o hands on why a value is not known", (read) => {
    expect(read(value(VARIABLE))).toMatchObject({
      kind: "unknown",
      reason: "variable x is not declared",
      expression: "var.x",
    });
  });
});

describe("lists of texts", () => {
  it("keep the place of each item", () => {
    const read = asStrings(value(["a", "b"]));
    expect(read).toMatchObject({ kind: "known", value: [{ value: "a" }, { value: "b" }] });
    expect(read.kind === "known" && read.value.map(({ by }) => by.attribute)).toEqual(["it[0]", "it[1]"]);
  });

  it("may be one text", () => {
    expect(asStrings(value("a"))).toMatchObject({ kind: "known", value: [{ value: "a" }] });
  });

  it("are unknown as a whole for one unknown item, and name it", () => {
    expect(asStrings(value(["a", VARIABLE]))).toMatchObject({ kind: "unknown", by: { attribute: "it[1]" } });
    expect(asStrings(value(VARIABLE))).toMatchObject({ kind: "unknown", by: { attribute: "it" } });
  });
});

describe("templates", () => {
  it.each([
    ["x", "x"],
    [`a ${VARIABLE}`, `a ${PLACEHOLDER}`],
    [VARIABLE, PLACEHOLDER],
    [REFERENCE, PLACEHOLDER],
  ])("%j may hold parts that cannot be known", (written, text) => {
    expect(asTemplate(value(written))).toMatchObject({ kind: "known", value: text });
  });

  it("are no lists", () => {
    expect(asTemplate(value(["a"]))).toMatchObject({ kind: "unknown", reason: "is a list, not a plain text" });
  });
});

describe("references", () => {
  const graph = graphOf(smallEdge());

  it("lead to the resource of the type asked for", () => {
    expect(referenced(graph, value(REFERENCE), "google_compute_url_map")).toBe(graph.resources.get(ADDRESS.urlMap));
  });

  it.each([
    [
      REFERENCE,
      "google_compute_backend_service",
      `refers to ${ADDRESS.urlMap}, not to a google_compute_backend_service`,
    ],
    [
      "${google_compute_url_map.gone.id}",
      "google_compute_url_map",
      "refers to google_compute_url_map.gone, which this configuration does not hold",
    ],
    [
      "projects/p/global/urlMaps/main",
      "google_compute_url_map",
      "is not a reference to a google_compute_url_map of this configuration",
    ],
  ])("%s asked for a %s: a typed unknown", (written, type, reason) => {
    const found = value(written);
    expect(referenced(graph, found, type)).toEqual({ kind: "unknown", reason, by: found.by });
  });

  it("resources of one type come in file order", () => {
    expect(resourcesOfType(graph, "google_compute_backend_service").map(({ address }) => address)).toEqual([
      ADDRESS.api,
      ADDRESS.web,
    ]);
  });
});
