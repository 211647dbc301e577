import type { Applied, Difference, Drift } from "../facts/drift.ts";
import { harmlessJson } from "./json.ts";
import { harmlessDeep, painter } from "./paint.ts";
import type { Paint } from "./paint.ts";

const WORDS: Readonly<Record<Applied, string>> = {
  never: "was never applied here: none of its resources exists",
  partly: "was applied in part, or in an earlier form: some of its resources do not exist",
  other: "is not what runs: all of its resources exist, and some are another thing",
  yes: "was applied: all that was compared runs as it is written",
  unknown: "was not compared with anything",
};

/** Drift for a person: first whether the file was ever applied. */
export function renderDriftText(drift: Drift, { colour }: { readonly colour: boolean }): string {
  const shown = harmlessDeep(drift);
  const paint = painter(colour);
  const [path, others] = [true, false].map((on) => shown.differences.filter(({ onPath }) => onPath === on));
  const lines = [
    `headgate drift   ${shown.source}   ${shown.live}`,
    "",
    `${shown.source} ${WORDS[shown.applied]}`,
    ...shown.missing.map(({ address, file, line, column }) => `  missing ${address}   ${file}:${line}:${column}`),
    ...section("on the header path", path!, paint),
    ...section("elsewhere", others!, paint),
    ...(shown.notCompared.length === 0 ? [] : ["", "could not be compared:"]),
    ...shown.notCompared.map(({ what, reason }) => `  ${what}: ${reason}`),
    ...(shown.notLookedAt.length === 0 ? [] : ["", `not looked at: ${shown.notLookedAt.join(", ")}`]),
    "",
    `${shown.compared} resources compared, ${shown.missing.length} missing, ${path!.length} differences on the header path, ${others!.length} elsewhere, ${shown.notCompared.length} not compared   exit ${shown.exitCode}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as JSON, `headgate-drift/1`. */
export function renderDriftJson(drift: Drift): string {
  return `${harmlessJson(JSON.stringify(drift, null, 2))}\n`;
}

function section(title: string, differences: readonly Difference[], paint: Paint): string[] {
  if (differences.length === 0) return [];
  return ["", `${paint("strong", `differences ${title}`)}:`, ...differences.flatMap(lines)];
}

function lines({ address, attribute, configured, live, at }: Difference): string[] {
  const { file, line, column, construct } = at;
  const made = construct === undefined ? "" : `   (${construct.file}:${construct.line})`;
  return [
    `  ${address}.${attribute}   ${file}:${line}:${column}${made}`,
    `    written  ${configured ?? "(absent)"}`,
    `    running  ${live ?? "(absent)"}`,
  ];
}
