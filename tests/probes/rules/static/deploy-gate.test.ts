import { describe, expect, it } from "vitest";
import { resourceOutsideGate } from "../../../../probes/rules/static/deploy-gate/resource-outside-gate.ts";
import { temporaryFolder } from "../../../support/edge-fixture.ts";
import { plantedSynth, referenceSynth } from "../../../support/reference.ts";
import { auditOf } from "../../../support/rule-fixtures.ts";

const GATE = 'resource "terraform_data" "headgate-gate" {}';

async function outside(files: Record<string, string>): Promise<string[]> {
  const folder = temporaryFolder(files);
  try {
    const { findings } = await auditOf(folder.path, { rules: [resourceOutsideGate] });
    return findings.map(({ where }) => where.address).sort();
  } finally {
    folder.remove();
  }
}

const map = (name: string, more: string): string => `resource "google_compute_url_map" "${name}" {\n  ${more}\n}\n`;
const bucket = (name: string, more = ""): string =>
  `resource "google_compute_backend_bucket" "${name}" {\n  bucket_name = "files"\n  ${more}\n}\n`;

describe("resource-outside-gate", () => {
  it("has nothing against the stacks, and sees one that forgets a single resource", async () => {
    expect((await auditOf(referenceSynth(), { rules: [resourceOutsideGate] })).findings).toEqual([]);
    const folder = temporaryFolder({});
    const planted = plantedSynth(folder.path, ({ resource }) => {
      for (const bodies of Object.values<Record<string, { depends_on?: string[] }>>(resource))
        for (const body of Object.values(bodies)) delete body.depends_on;
    });
    const { findings } = await auditOf(planted, { rules: [resourceOutsideGate] });
    expect(findings.length).toBeGreaterThan(5);
    folder.remove();
  });

  it.each([
    [
      "a reference",
      `${bucket("files", "depends_on = [terraform_data.headgate-gate]")}`,
      "google_compute_backend_bucket.files.id",
    ],
    [
      "a text that holds a reference",
      bucket("files", "depends_on = [terraform_data.headgate-gate]"),
      '"https://${google_compute_backend_bucket.files.self_link}"',
    ],
    [
      "an instance of several",
      bucket("files", "count = 2\n  depends_on = [terraform_data.headgate-gate]"),
      "google_compute_backend_bucket.files[1].id",
    ],
  ])("follows %s", async (_, other, service) => {
    expect(await outside({ "main.tf": `${GATE}\n${other}\n${map("main", `default_service = ${service}`)}` })).toEqual(
      [],
    );
  });

  it("follows what a module is given and gives, and names a module that nothing holds back", async () => {
    const edge = `variable "service" {}\n${map("main", "default_service = var.service")}`;
    const call = (name: string, more: string): string =>
      `module "${name}" {\n  source = "./edge"\n  service = ${more}\n}\n`;
    const root = [
      GATE,
      bucket("files", "depends_on = [terraform_data.headgate-gate]"),
      call("in", "google_compute_backend_bucket.files.id"),
      call("out", '"elsewhere"'),
      call("after", '"elsewhere"\n  depends_on = [module.in]'),
    ].join("\n");
    expect(await outside({ "main.tf": root, "edge/main.tf": edge })).toEqual([
      "module.out.google_compute_url_map.main",
    ]);
  });

  it("cannot look where what is not known may be what refers to it", async () => {
    const folder = temporaryFolder({
      "main.tf": `${GATE}\ndata "x" "y" {}\n${map("main", "default_service = data.x.y.ok ? data.x.y.a : data.x.y.b")}`,
    });
    const { findings, undecided } = await auditOf(folder.path, { rules: [resourceOutsideGate] });
    folder.remove();
    expect(findings).toEqual([]);
    expect(undecided.map(({ reason }) => reason).join()).toContain("data.x.y.ok");
  });

  it("says nothing where no gate is", async () => {
    expect(await outside({ "main.tf": bucket("files") })).toEqual([]);
  });
});
