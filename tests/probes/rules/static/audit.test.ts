import { describe, expect, it } from "vitest";
import { audit } from "../../../../probes/rules/static/audit.ts";
import { found } from "../../../../probes/rules/static/define-rule.ts";
import type { Located, StaticRule } from "../../../../probes/rules/static/define-rule.ts";
import { aFinding } from "../../../support/builders.ts";
import { graphOfFiles } from "../../../support/terraform-folder.ts";

const where = (line: number) => ({ ...aFinding().where, line });
const rule = (id: string, ...said: readonly Located[]): StaticRule => ({
  ...{ id, title: id, severity: "error", found: "run", because: "why", fix: "how", sources: [] },
  check: () => said,
});

describe("audit", () => {
  it("ties a consequence to its cause, and lets it stand alone where the cause was not found", async () => {
    const graph = await graphOfFiles('resource "google_compute_url_map" "a" {\n}\n');
    const result = rule("result", found(where(9), "so", { consequenceOf: { id: "cause", where: where(3) } }));
    const both = audit([rule("cause", found(where(3), "because")), result], { graph, edges: [] });
    expect(both.findings.map(({ consequenceOf }) => consequenceOf?.id)).toEqual([undefined, "cause"]);
    const elsewhere = audit([rule("cause", found(where(4), "because")), result], { graph, edges: [] });
    expect(elsewhere.findings.map(({ consequenceOf }) => consequenceOf)).toEqual([undefined, undefined]);
  });

  it("carries the remedy of a rule, unless a place has one of its own", async () => {
    const graph = await graphOfFiles('resource "google_compute_url_map" "a" {\n}\n');
    const own = rule("own", found(where(1), "one"), found(where(2), "two", { remedy: [] }));
    const { findings } = audit([{ ...own, remedy: (said) => [{ kind: "delete", at: said.where }] }], {
      graph,
      edges: [],
    });
    expect(findings.map(({ remedy }) => remedy?.length)).toEqual([1, undefined]);
  });
});
