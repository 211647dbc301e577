import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../probes/facts/finding.ts";
import { check } from "../../../probes/commands/check.ts";
import type { CheckOptions } from "../../../probes/commands/check.ts";
import { FORMATS } from "../../../probes/report/format-names.ts";
import { edit } from "../../support/builders.ts";
import { recordedContext } from "../../support/command-context.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../../support/reference.ts";

const TODAY = "2030-01-15";
const REFERENCE = readFileSync("headgate.yaml", "utf8");
const WAIVED = 'reason="until the client is gone" owner=platform expires=2030-01-31';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A URL map in HCL that removes `Authorization`, with a comment beside it. */
function directory(comment = "", above = ""): string {
  const path = join(folder.path, "infra");
  mkdirSync(path, { recursive: true });
  const text = `resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.api.id
  ${above}
  header_action {
    request_headers_to_remove = ["X-Debug", "Authorization"] ${comment}
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
`;
  writeFileSync(join(path, "main.tf"), text);
  return path;
}

interface Checked {
  readonly code: number;
  readonly stdout: string;
  readonly findings: readonly Finding[];
}

async function checked(source: string, more: Partial<CheckOptions> = {}, day = TODAY): Promise<Checked> {
  const { context, stdout } = recordedContext(folder.path, day);
  const report = join(folder.path, "report.json");
  const options = { format: ["text", `json=${report}`], failOn: "error", deadline: 60, ...more } as const;
  const code = await check(source, options, context);
  const { findings } = JSON.parse(readFileSync(report, "utf8")) as { findings: Finding[] };
  return { code, stdout: stdout(), findings };
}

const ids = ({ findings }: Checked): string[] => findings.map(({ id }) => id);

describe("check of HCL with a waiver in a comment", () => {
  it("fails without it", async () => {
    const run = await checked(directory());
    expect(run.code).toBe(1);
    expect(ids(run)).toEqual(["url-map-removes-credential"]);
  });

  it.each([
    ["beside the line", directory.bind(undefined, `# headgate:ignore url-map-removes-credential ${WAIVED}`)],
    ["above the block", directory.bind(undefined, "", `# headgate:ignore url-map-removes-credential ${WAIVED}`)],
  ])("passes with it %s, and shows who accepts it and why", async (_, source) => {
    const run = await checked(source());
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("WAIVED url-map-removes-credential");
    expect(run.stdout.replace(/\s+/g, " ")).toContain(
      "waived by platform until 2030-01-31: until the client is gone".slice(7),
    );
  });

  it("holds on its last day, fails the day after, and says that it is past", async () => {
    const source = directory(`# headgate:ignore url-map-removes-credential ${WAIVED}`);
    expect((await checked(source, {}, "2030-01-31")).code).toBe(0);
    const late = await checked(source, {}, "2030-02-01");
    expect(late.code).toBe(1);
    expect(ids(late)).toEqual(["url-map-removes-credential", "waiver-expired"]);
  });

  it("says of one that accepts nothing, and of one that lacks something, where it stands", async () => {
    const unused = await checked(directory("", `# headgate:ignore backend-overwrites-authorization ${WAIVED}`));
    expect(unused.code).toBe(1);
    expect(unused.findings[1]).toMatchObject({
      id: "waiver-unused",
      severity: "warning",
      where: { line: 4, column: 3 },
    });
    const incomplete = await checked(directory("# headgate:ignore url-map-removes-credential owner=platform"));
    expect(incomplete.code).toBe(1);
    expect(incomplete.findings[1]).toMatchObject({
      id: "waiver-incomplete",
      title: "it has no reason; it has no expires",
      where: { line: 6 },
    });
  });

  it("lets those fail the run, where warnings do", async () => {
    const source = directory(
      `# headgate:ignore url-map-removes-credential ${WAIVED}`,
      `# headgate:ignore backend-overwrites-authorization ${WAIVED}`,
    );
    expect((await checked(source)).code).toBe(0);
    expect((await checked(source, { failOn: "warning" })).code).toBe(1);
  });

  it("refuses a rule that does not exist, with its line and the nearest", async () => {
    const source = directory(`# headgate:ignore url-map-removes-credentials ${WAIVED}`);
    await expect(checked(source)).rejects.toThrow(
      /main\.tf:6:62 {2}headgate:ignore: there is no such rule\n {4}value {2}"url-map-removes-credentials"\n {4}try {4}url-map-removes-credential$/,
    );
  });
});

describe("what fails a check", () => {
  const unread = (): string => {
    const path = directory();
    const text = readFileSync(join(path, "main.tf"), "utf8").replace('"X-Debug", "Authorization"', "var.removed");
    writeFileSync(join(path, "main.tf"), `${text}variable "removed" {\n  type = string\n}\n`);
    return path;
  };

  it("is not what a rule could not look at, unless that is asked for", async () => {
    const run = await checked(unread());
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^NOT DECIDED google_compute_url_map\.main /m);
    const strict = await checked(unread(), { failOn: "undecided" });
    expect(strict.code).toBe(3);
    expect(strict.stdout).toMatch(/ {2}INCONCLUSIVE {2}exit 3$/m);
  });

  it("is an error with undecided rules as without", async () => {
    expect((await checked(directory(), { failOn: "undecided" })).code).toBe(1);
  });

  it("is the same whatever is shown", async () => {
    for (const show of ["error", "warning", "note"] as const)
      expect((await checked(directory(), { show })).code).toBe(1);
    const run = await checked(directory(), { failOn: "never", show: "error" });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("ERROR url-map-removes-credential");
  });

  it("is the same in every format", async () => {
    for (const [source, more] of [
      [directory(), {}],
      [directory(), { failOn: "never" }],
      [unread(), { failOn: "undecided" }],
    ] as const) {
      const files = FORMATS.map((format) => `${format}=${join(folder.path, `report.${format}`)}`);
      const { context } = recordedContext(folder.path, TODAY);
      const code = await check(source, { format: files, deadline: 60, failOn: "error", ...more }, context);
      const read = (format: string): string => readFileSync(join(folder.path, `report.${format}`), "utf8");
      const { exitCode, verdict } = JSON.parse(read("json")) as { exitCode: number; verdict: string };
      expect(exitCode).toBe(code);
      const log = JSON.parse(read("sarif")) as { runs: [{ invocations: [object] }] };
      expect(log.runs[0].invocations[0]).toMatchObject({ exitCode: code, exitCodeDescription: verdict });
      expect(read("junit")).toContain(`<property name="exit code" value="${code}"/>`);
      expect(/<(?:failure|error) /.test(read("junit"))).toBe(code !== 0);
      expect(read("github")).toContain(`::${verdict}, exit ${code}`);
      expect(read("markdown")).toContain(`; exit ${code}`);
      expect(read("html")).toContain(`; exit ${code}</p>`);
      expect(read("text")).toMatch(new RegExp(` {2}exit ${code}\\n$`));
    }
  });
});

describe("check with a contract that waives", () => {
  const planted = (): string =>
    plantedSynth(folder.path, (terraform) =>
      routingMap(terraform).header_action.request_headers_to_remove.push("Authorization"),
    );
  const contract = (waivers: readonly string[]): string => {
    const file = join(folder.path, "contract.yaml");
    const lines = waivers.map((waiver) => `  - { ${waiver}, reason: r, owner: o, expires: 2030-01-31 }\n`).join("");
    writeFileSync(file, `${REFERENCE}waivers:\n${lines}`);
    return file;
  };

  it("waives the failed checks of a header and the finding, and nothing else", async () => {
    const file = contract([
      "rule: header-unchanged, target: authorization",
      "rule: url-map-removes-credential, target: '*'",
    ]);
    const run = await checked(planted(), { contract: file });
    expect(run.code, run.stdout).toBe(0);
    expect(run.stdout).toMatch(/^WAIVED header-unchanged {2}Authorization: the header was stripped$/m);
    expect(run.stdout).toMatch(/ {2}Authorization {23}unchanged {3}waived 6\/6 {2}waived 3\/3/);
    expect(run.stdout.replace(/\n/g, " ")).toMatch(/ 0 failed, 0 could not look, \d+ hidden by a failure, \d+ waived;/);
    expect(ids(run)).toEqual(["url-map-removes-credential"]);
    const other = await checked(referenceSynth(), { contract: file });
    expect(other.code).toBe(0);
    expect(ids(other)).toEqual(["waiver-unused", "waiver-unused"]);
  });

  it("fails on what the target does not mean", async () => {
    const file = contract([
      "rule: header-unchanged, target: Cookie",
      "rule: url-map-removes-credential, target: google_compute_url_map.other",
    ]);
    const run = await checked(planted(), { contract: file });
    expect(run.code).toBe(1);
    expect(ids(run)).toEqual(["url-map-removes-credential", "waiver-unused", "waiver-unused"]);
  });

  it("says nothing of waivers that only other environments may need", async () => {
    const file = contract(["rule: header-unchanged, target: Cookie"]);
    expect(ids(await checked(referenceSynth(), { contract: file, env: "staging" }))).toEqual([]);
  });

  it("refuses a rule that does not exist, with its line and the nearest", async () => {
    const file = contract(["rule: header-unchange, target: '*'"]);
    await expect(checked(referenceSynth(), { contract: file })).rejects.toThrow(
      /contract\.yaml:\d+:13 {2}waivers\[0\]\.rule: there is no such rule\n {4}value {2}"header-unchange"\n {4}try {4}header-unchanged$/,
    );
  });
});

describe("check with a baseline", () => {
  const FILE = "accepted.json";

  it("fails on new findings only, wherever the known ones went", async () => {
    const source = directory();
    expect((await checked(source, { writeBaseline: FILE })).code).toBe(0);
    const main = join(source, "main.tf");
    writeFileSync(main, `# a line more\n\n${readFileSync(main, "utf8")}`);
    const known = await checked(source, { baseline: FILE });
    expect(known.code).toBe(0);
    expect(known.stdout).toContain("1 finding in the baseline");
    writeFileSync(main, edit(readFileSync(main, "utf8"), '"X-Debug"', '"Cookie"'));
    const more = await checked(source, { baseline: FILE });
    expect(more.code).toBe(1);
    expect(more.findings.map(({ title, known: isKnown = false }) => [title, isKnown])).toEqual([
      ["google_compute_url_map.main removes Cookie", false],
      ["google_compute_url_map.main removes Authorization", true],
    ]);
  });

  it("says as a note what no longer occurs", async () => {
    const source = directory();
    await checked(source, { writeBaseline: FILE });
    writeFileSync(
      join(source, "main.tf"),
      edit(readFileSync(join(source, "main.tf"), "utf8"), ', "Authorization"', ""),
    );
    const run = await checked(source, { baseline: FILE });
    expect(run.code).toBe(0);
    expect(run.findings).toMatchObject([{ id: "baseline-gone", severity: "note", where: { file: FILE } }]);
  });

  it("counts with a contract too", async () => {
    const source = plantedSynth(folder.path, (terraform) =>
      routingMap(terraform).header_action.request_headers_to_remove.push("X-Serverless-Authorization"),
    );
    const contract = "headgate.yaml";
    expect((await checked(source, { contract })).code).toBe(1);
    expect((await checked(source, { contract, writeBaseline: FILE })).code).toBe(0);
    expect((await checked(source, { contract, baseline: FILE })).code).toBe(0);
  });

  it("refuses a file that is not there or holds something else", async () => {
    await expect(checked(directory(), { baseline: FILE })).rejects.toThrow("no such file; write one with");
    writeFileSync(join(folder.path, FILE), "{}");
    await expect(checked(directory(), { baseline: FILE })).rejects.toThrow("is no headgate-baseline/1 file");
  });
});

describe("check --show", () => {
  const source = (): string =>
    directory(
      `# headgate:ignore url-map-removes-credential ${WAIVED}`,
      `# headgate:ignore backend-overwrites-authorization ${WAIVED}`,
    );

  it("leaves out what is below, says how many, and keeps them in JSON", async () => {
    const run = await checked(source(), { show: "error" });
    expect(run.stdout).not.toContain("waiver-unused");
    expect(run.stdout).toContain("1 finding not shown; --show note shows all");
    expect(ids(run)).toContain("waiver-unused");
  });

  it("shows all the same what fails the run", async () => {
    const run = await checked(source(), { show: "error", failOn: "warning" });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain("waiver-unused");
  });
});
