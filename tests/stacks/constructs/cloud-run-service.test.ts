import { describe, expect, it } from "vitest";
import { CloudRunService } from "../../../stacks/constructs/cloud-run-service.ts";
import type { CloudRunServiceProps } from "../../../stacks/constructs/cloud-run-service.ts";
import type { Json } from "../../support/reference.ts";
import { all, synthesizeStack } from "../synthesize.ts";

const PROPS: CloudRunServiceProps = {
  name: "shop-api",
  label: "api",
  region: "us-central1",
  image: `registry.example.com/api@sha256:${"1".repeat(64)}`,
  port: 8080,
  timeoutSeconds: 300,
  concurrency: 80,
  cpu: "1",
  memory: "512Mi",
  minInstances: 0,
  maxInstances: 10,
  sessionAffinity: false,
};

function build(more: Partial<CloudRunServiceProps> = {}): { generation: string; terraform: Json; run: Json } {
  let generation = "";
  const terraform = synthesizeStack((stack) => {
    generation = new CloudRunService(stack, "api", { ...PROPS, ...more }).generation;
  });
  return { generation, terraform, run: all(terraform, "google_cloud_run_v2_service")[0] };
}

describe("the generation", () => {
  const { generation } = build();

  const template: readonly (readonly [string, Partial<CloudRunServiceProps>])[] = [
    ["image", { image: PROPS.image.replaceAll("1", "2") }],
    ["port", { port: 8081 }],
    ["timeout", { timeoutSeconds: 301 }],
    ["concurrency", { concurrency: 81 }],
    ["CPU", { cpu: "2" }],
    ["memory", { memory: "1Gi" }],
    ["scaling", { maxInstances: 11 }],
    ["affinity", { sessionAffinity: true }],
    ["health", { health: "/health" }],
    ["variables", { env: { A: "1" } }],
    ["secrets", { secrets: { A: { secret: "a", version: "1" } } }],
    ["network", { vpc: { network: "n", subnetwork: "s", egress: "all-traffic" } }],
    ["name", { name: "shop-other" }],
  ];
  it.each(template)("changes with the template's %s", (_, more) => {
    expect(build(more).generation).not.toBe(generation);
  });

  const around: readonly (readonly [string, Partial<CloudRunServiceProps>])[] = [
    ["label", { label: "other" }],
    ["labels", { labels: { team: "a" } }],
    ["region", { region: "europe-west1" }],
    ["description", { description: "other" }],
    ["access", { access: { kind: "iam", members: ["allUsers"], audiences: [] } }],
    ["deletion protection", { deletionProtection: true }],
    ["generations", { generations: { live: "00000000", kept: [] } }],
    ["older secrets", { alsoReads: ["old-key"] }],
  ];
  it.each(around)("stays when only the %s changes, which no revision holds", (_, more) => {
    expect(build(more).generation).toBe(generation);
  });
});

describe("the service", () => {
  it("keeps the label by which probes find it, whatever labels it is given", () => {
    expect(build({ labels: { "headgate-service": "other", team: "a" } }).run.labels).toEqual({
      "headgate-service": "api",
      team: "a",
    });
  });

  it("keeps a variable's text where Terraform would take it for a template", () => {
    const { run } = build({ env: { A: "${a}%{b}" } });
    expect(run.template.containers[0].env).toEqual([{ name: "A", value: "$${a}%%{b}" }]);
  });

  it("lists its variables by name, so that their order in a file changes nothing", () => {
    const secrets = { B: { secret: "b", version: "1" } };
    const names = (more: Partial<CloudRunServiceProps>): Json =>
      build({ secrets, ...more }).run.template.containers[0].env;
    expect(names({ env: { C: "1", A: "2" } })).toEqual(names({ env: { A: "2", C: "1" } }));
    expect((names({ env: { C: "1", A: "2" } }) as Json[]).map(({ name }) => name as string)).toEqual(["A", "B", "C"]);
  });

  it("takes all traffic without a tag where no generations stand side by side", () => {
    const { generation, run } = build();
    const revision = `shop-api-${generation}`;
    expect(run.traffic).toEqual([{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision, percent: 100 }]);
  });

  it("names a revision once, though it is live, new and kept", () => {
    const { generation } = build();
    const { run } = build({ generations: { live: generation, kept: [generation] } });
    expect(run.traffic).toHaveLength(1);
  });
});
