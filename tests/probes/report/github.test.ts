import { describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { renderGithub } from "../../../probes/report/github.ts";
import { aFinding } from "../../support/builders.ts";
import { ACCEPTED, BROKEN, CONTROL, HOSTILE_RESULT, PASSED, SILENT } from "../../support/reports.ts";

interface Command {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const decoded = (text: string): string =>
  text.replace(/%(3A|2C|0A|0D|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** As the runner reads a line: everything up to the second `::` is the command. */
function commands(result: Result): Command[] {
  const text = renderGithub(result, { cwd: "/work/project" });
  expect(text).not.toMatch(CONTROL);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, command, written, message] = /^::([a-z]+) (.*?)::(.*)$/.exec(line)!;
      const properties = written!.split(",").map((pair) => pair.split("=") as [string, string]);
      return {
        command: command!,
        properties: Object.fromEntries(properties.map(([key, value]) => [key, decoded(value)])),
        message: decoded(message!),
      };
    });
}

describe("renderGithub", () => {
  it("says that all held", () => {
    expect(commands(PASSED)).toEqual([
      { command: "notice", properties: { title: "headgate gate" }, message: "pass, exit 0" },
    ]);
  });

  it("marks the TypeScript line of a failure once, and gives the verdict", () => {
    const [failure, verdict, ...rest] = commands(BROKEN);
    expect(rest).toEqual([]);
    expect(failure).toMatchObject({
      command: "error",
      properties: { file: "stacks/constructs/https-edge.ts", line: "12", title: "header-unchanged" },
    });
    expect(failure!.message.split("\n")).toEqual([
      "Authorization: the header was stripped",
      "google_compute_url_map.main header_action.request_headers_to_remove: removes Authorization",
      "api.staging.example.com /ws /ws/*: upgrade native /ws, upgrade native /ws/, upgrade native /ws/<nonce>",
    ]);
    expect(verdict!.message).toBe(
      "contract-broken, exit 1\n3 of 365 checks failed".replace("365", String(BROKEN.counts.pass + 3)),
    );
  });

  it("gives each reason of a run that could not look as an error", () => {
    const [verdict] = commands(SILENT).slice(-1);
    expect(verdict).toMatchObject({
      command: "error",
      message: ["inconclusive, exit 3", ...SILENT.reasons].join("\n"),
    });
  });

  it("makes what somebody accepts a notice, with who and why", () => {
    const found = commands(ACCEPTED).map(({ command, message }) => [command, message.split("\n")[1]]);
    expect(found.slice(0, 5)).toEqual([
      ["notice", "waived by platform until 2031-03-31: until the client is gone"],
      ["error", "Fix: Take the name out of the list."],
      ["notice", "waived by platform until 2031-03-31: until the client is gone"],
      ["notice", "stands in the baseline"],
      ["warning", "Fix: Take the name out of the list."],
    ]);
  });

  it("escapes what would end a property or a line, so that a word from outside is never a command", () => {
    const where = { ...aFinding().where, file: "a,b:c%d.tf" };
    const [finding] = commands({ ...PASSED, findings: [aFinding({ where, title: "100% : wrong, really" })] });
    expect(finding!.properties).toMatchObject({ file: "a,b:c%d.tf", line: "12", col: "34" });
    expect(finding!.message).toMatch(/^100% : wrong, really\n/);
    expect(commands(HOSTILE_RESULT)).toHaveLength(3);
  });
});
