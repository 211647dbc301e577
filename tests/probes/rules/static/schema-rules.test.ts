import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audit } from "../../../../probes/rules/static/audit.ts";
import type { Audit } from "../../../../probes/rules/static/audit.ts";
import { STATIC_RULES } from "../../../../probes/rules/static/index.ts";
import { buildEdges } from "../../../../probes/model/build.ts";
import { PROVIDER_RULES } from "../../../../probes/rules/static/provider/index.ts";
import type { ResourceGraph } from "../../../../probes/terraform/graph.ts";
import { readSource } from "../../../../probes/terraform/read-source.ts";
import { CONFIGURATIONS } from "../../../corpus/configurations.ts";
import { edgeText, graphOf, smallEdge } from "../../../support/edge-fixture.ts";
import type { SmallEdge } from "../../../support/edge-fixture.ts";
import { temporaryFolder } from "../../../support/reference.ts";
import { installStandIn } from "../../../support/stand-in-google/install.ts";
import { terraform } from "../../../support/stand-in-google/terraform.ts";

const auditOf = (graph: ResourceGraph): Audit => audit(PROVIDER_RULES, { graph, edges: [] });

type Change = (edge: SmallEdge) => void;

/** One change of a valid edge each, and the rule that it breaks; `undefined`: Terraform takes it. */
const CHANGES: readonly (readonly [what: string, rule: string | undefined, change: Change])[] = [
  ["nothing", undefined, () => undefined],
  ["an argument of no provider", "unknown-argument", ({ backend }) => (backend["protocols"] = "HTTPS")],
  ["a block of no provider", "unknown-argument", ({ pathMatcher }) => (pathMatcher["route_rule"] = [{ priority: 1 }])],
  ["an argument of another block", "unknown-argument", ({ service }) => (service["containers"] = [{ image: "i" }])],
  ["an argument deep inside", "unknown-argument", ({ ports }) => (ports["port"] = 8080)],
  ["no required argument", "missing-argument", ({ hostRule }) => delete hostRule["path_matcher"]],
  ["no required argument of the resource", "missing-argument", ({ service }) => delete service["location"]],
  ["null for a required argument", undefined, ({ routeRule }) => (routeRule["priority"] = null)],
  ["no required block", "missing-argument", ({ service }) => delete service["template"]],
  ["a text for a list", "wrong-argument-type", ({ hostRule }) => (hostRule["hosts"] = "api.example.com")],
  ["a list for a text", "wrong-argument-type", ({ backend }) => (backend["protocol"] = ["HTTPS"])],
  ["a text for a number", "wrong-argument-type", ({ routeRule }) => (routeRule["priority"] = "first")],
  ["true for a number", "wrong-argument-type", ({ routeRule }) => (routeRule["priority"] = true)],
  ["a text for true or false", "wrong-argument-type", ({ service }) => (service["invoker_iam_disabled"] = "yes")],
  ["a text for a map", "wrong-argument-type", ({ service }) => (service["labels"] = "team")],
  ["a map in a list of texts", "wrong-argument-type", ({ hostRule }) => (hostRule["hosts"] = [{ name: "a" }])],
  ["a block twice that stands once", "wrong-argument-type", ({ container }) => (container["ports"] = [{}, {}])],
  ["a number as a text", undefined, ({ routeRule }) => (routeRule["priority"] = "10")],
  ["a number for a text", undefined, ({ service }) => (service["description"] = 7)],
  ["true as a text", undefined, ({ service }) => (service["invoker_iam_disabled"] = "true")],
  ["one as true", undefined, ({ service }) => (service["invoker_iam_disabled"] = "1")],
  ["a number for true", "wrong-argument-type", ({ service }) => (service["invoker_iam_disabled"] = 1)],
  ["null for an optional argument", undefined, ({ backend }) => (backend["protocol"] = null)],
  ["numbers in a map of texts", undefined, ({ service }) => (service["labels"] = { level: 3 })],
];

let folder: ReturnType<typeof temporaryFolder>;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = temporaryFolder();
  ({ env } = installStandIn(folder.path));
  write(smallEdge());
  const { exitCode, stderr } = await terraform(folder.path, ["init", "-backend=false"], env);
  expect(exitCode, stderr).toBe(0);
}, 60_000);
afterAll(() => folder.remove());

function write(edge: SmallEdge): void {
  const configuration = {
    terraform: { required_providers: { google: { source: "hashicorp/google" } } },
    ...(JSON.parse(edgeText(edge)) as object),
  };
  writeFileSync(join(folder.path, "main.tf.json"), JSON.stringify(configuration));
}

describe("the rules of the provider's schema", () => {
  it.each(CHANGES)("%s: say what Terraform says (%s)", { timeout: 60_000 }, async (_, rule, change) => {
    const edge = smallEdge(change);
    write(edge);
    const { exitCode, stderr } = await terraform(folder.path, ["validate"], env);
    expect(exitCode, stderr).toBe(rule === undefined ? 0 : 1);
    expect(auditOf(graphOf(edge)).findings.map(({ id }) => id)).toEqual(rule === undefined ? [] : [rule]);
  });

  it.each(CONFIGURATIONS.filter(({ terraform: why }) => why === undefined).map((each) => [each.id, each] as const))(
    "find nothing in %s, which Terraform takes",
    async (_, { folder: path, source }) => {
      const { graphs } = await readSource(source === undefined ? path : join(path, source));
      expect(graphs.flatMap((graph) => auditOf(graph).findings)).toEqual([]);
    },
  );

  it("say the name that was meant, and where a name belongs", () => {
    const titleOf = (change: Change): string => auditOf(graphOf(smallEdge(change))).findings[0]!.title;
    expect(titleOf(({ backend }) => (backend["protocols"] = "HTTPS"))).toContain("did you mean protocol?");
    expect(titleOf(({ service }) => (service["timeout"] = "300s"))).toContain("it belongs in template");
  });

  it("leave to a rule of its own what that says more of, and nothing else", () => {
    const idsOf = (change: Change): string[] => {
      const graph = graphOf(smallEdge(change));
      return audit(STATIC_RULES, { graph, edges: buildEdges(graph) })
        .findings.filter(({ severity }) => severity === "error")
        .map(({ id }) => id);
    };
    const action = { request_headers_to_remove: ["X-Debug"] };
    expect(idsOf(({ hostRule }) => (hostRule["header_action"] = action))).toEqual(["header-action-without-place"]);
    expect(idsOf(({ urlMap }) => (urlMap["request_headers_to_remove"] = ["X-Debug"]))).toEqual(["unknown-argument"]);
    const regional: Change = ({ resource }) =>
      (resource["google_compute_region_backend_service"] = {
        near: {
          name: "near",
          region: "us-central1",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          custom_request_headers: ["X-A: 1"],
        },
      });
    expect(idsOf(regional)).toEqual(["regional-custom-headers"]);
  });

  it("leave open what a later provider may have in a block that nothing else is known of", () => {
    const change: Change = ({ container }) => (container["liveness_probe"] = { brand_new: 1 });
    const graph = graphOf(smallEdge(change));
    expect(auditOf(graph)).toMatchObject({ findings: [], undecided: [{ id: "unknown-argument" }] });
    const by = graph.resources.values().next().value!.body.by;
    const pinned = { ...graph, providers: new Map([["google", { kind: "known", value: "~> 6.40", by } as const]]) };
    expect(auditOf(pinned)).toMatchObject({ findings: [{ id: "unknown-argument" }], undecided: [] });
  });
});
