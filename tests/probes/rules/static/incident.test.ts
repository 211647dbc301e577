import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../../probes/facts/finding.ts";
import { auditOf, expectedIn, foldersIn } from "../../../support/rule-fixtures.ts";

const FOLDER = "tests/fixtures/incident";

/** What the engineers of the incident would have had to read, by mistake. */
const REMEDIES: Readonly<Record<string, RegExp>> = {
  "authorization-variable": /Delete the entry.*passes by itself/,
  "ban-after-a-hundred-requests": /throttle|raise|ban/i,
  "bypass-from-outside": /Remove the header at the URL map/,
  "header-action-in-a-path-rule": /route_rules/,
  "host-without-certificate": /certificate/i,
  "socket-on-one-host": /Add the socket's paths to the path matcher of that host/,
  "timeout-of-a-serverless-backend": /timeout/,
  "upgrade-as-custom-header": /Delete/,
};

async function findingsIn(name: string): Promise<readonly Finding[]> {
  return (await auditOf(join(FOLDER, name))).findings;
}

describe("the mistakes of an incident", () => {
  it.each(Object.entries(REMEDIES))("%s: each at its line, with what to do, and nothing else", async (name, remedy) => {
    const findings = await findingsIn(name);
    const found = findings.map(({ id, where: { file, line } }) => ({ rule: id, file, line }));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(expectedIn(join(FOLDER, name)));
    for (const { fix } of findings) expect(fix).toMatch(remedy);
  });

  it("are each among the remedies", () => {
    const others = ["as-it-should-be", "harmless-habits"];
    expect(foldersIn(FOLDER).filter((name) => !others.includes(name))).toEqual(Object.keys(REMEDIES).sort());
  });

  it("leave nothing to say where none of them is made", async () => {
    expect(await findingsIn("as-it-should-be")).toEqual([]);
  });
});

describe("the habits of an incident that broke nothing", () => {
  it("are a warning for the affinity that has no effect, and nothing for the CDN in front of the frontend", async () => {
    const file = join(FOLDER, "harmless-habits", "main.tf");
    const lines = readFileSync(file, "utf8").split("\n");
    const findings = await findingsIn("harmless-habits");
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([["serverless-session-affinity", "warning"]]);
    for (const { where } of findings) expect(lines[where.line - 1]).toContain("# harmless");
  });
});
