import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { renderHtml } from "../../../probes/report/html.ts";
import { aFinding } from "../../support/builders.ts";
import { isMissing } from "../../support/foreign-tools.ts";
import { temporaryFolder } from "../../support/reference.ts";
import { ACCEPTED, BROKEN, CONTROL, HOSTILE_RESULT, PASSED, SILENT } from "../../support/reports.ts";

const html = (result: Parameters<typeof renderHtml>[0]): string => renderHtml(result, { cwd: "/work/project" });
const RESULTS = { PASSED, BROKEN, SILENT, ACCEPTED, HOSTILE_RESULT };

describe("renderHtml", () => {
  it("shows verdict, failures with their lines, findings, and the matrix", () => {
    const page = html({ ...BROKEN, findings: ACCEPTED.findings });
    expect(page).toContain('<span class="mark bad">CONTRACT BROKEN</span>');
    expect(page).toContain("stacks/constructs/https-edge.ts:12 (cdktf.out/stacks/staging/cdk.tf.json:41:5)");
    expect(page).toContain('<span class="mark bad">FAIL 3/3</span>');
    expect(page).toContain("infra/main.tf:12:34");
    expect(page).toContain("waived by platform until 2031-03-31");
  });

  it("ranks the ways to mend a finding, and names the cause of a consequence", () => {
    const options = [{ what: "Delete it", effort: "minutes", risk: "none" } as const];
    const consequenceOf = { id: "url-map-removes-credential", where: { ...aFinding().where, line: 7 } };
    const page = html({ ...PASSED, findings: [aFinding({ options, consequenceOf })] });
    expect(page).toContain("<dt>option 1</dt><dd>Delete it (effort: minutes; risk: none)</dd>");
    expect(page).toContain("goes with url-map-removes-credential at infra/main.tf:7");
  });

  it("keeps words from outside text, and lets the browser load and run nothing", () => {
    const page = html(HOSTILE_RESULT);
    expect(page.replace(/<style>[\s\S]*<\/style>/, "")).not.toMatch(CONTROL);
    expect(page).not.toMatch(/<(?:script|img|iframe|link|a|object|form)\b/i);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page).not.toMatch(/\bon\w+="|url\(|@import/);
  });
});

describe.skipIf(isMissing("chromium"))("the page in Chromium", () => {
  const folder = temporaryFolder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    folder.remove();
  });

  const cases = Object.entries(RESULTS).flatMap(([name, result]) =>
    [1280, 380].map((width): [string, number, Result] => [name, width, result]),
  );
  it.each(cases)(
    "%s at %d pixels asks for nothing, fits its width, and tells the verdict first",
    async (_, width, result) => {
      const file = join(folder.path, "report.html");
      writeFileSync(file, html(result));
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      const asked: string[] = [];
      page.on("request", (request) => void asked.push(request.url()));
      const said: string[] = [];
      page.on("console", (message) => void said.push(message.text()));
      await page.goto(`file://${file}`);
      expect(asked).toEqual([`file://${file}`]);
      expect(said).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await page.locator("h1").innerText()).toMatch(/^headgate \w+\s+(?:pass|CONTRACT BROKEN|INCONCLUSIVE)$/);
      expect(await page.locator("table").count()).toBeGreaterThan(0);
      await page.close();
    },
  );
});
