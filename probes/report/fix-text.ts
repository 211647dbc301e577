import type { Finding, Option, Severity } from "../facts/finding.ts";
import { harmlessDeep, painter, wrap } from "./paint.ts";
import type { Paint, Style } from "./paint.ts";
import { fileFrom } from "./reported.ts";

const STYLE: Readonly<Record<Severity, Style>> = { error: "bad", warning: "open", note: "faint" };
const WIDTH = 80;

/** What a fix mends and what it leaves, as a report needs it. */
interface Planned {
  readonly files: readonly { readonly file: string }[];
  readonly mended: readonly Finding[];
  readonly byHand: readonly { readonly finding: Finding; readonly why?: string }[];
}

/** Before anything is written: what the patch mends, and what a person has to mend, with the ways to do so. */
export function leftText(raw: Planned, { colour }: { readonly colour: boolean }): string {
  const { mended, byHand } = harmlessDeep(raw);
  const paint = painter(colour);
  const first =
    mended.length + byHand.length === 0
      ? "nothing to mend"
      : `${counted(mended.length)} mended by the patch${mended.length > 0 ? "; --write applies it" : ""}, ${byHand.length} to mend by hand`;
  return `${[first, ...byHand.flatMap(({ finding, why }) => leftLines(finding, why, paint))].join("\n")}\n`;
}

/** After writing: which findings are gone, which stay, and which are new. */
export function fixedText(
  raw: Planned,
  rawAfter: readonly Finding[],
  { colour, cwd }: { readonly colour: boolean; readonly cwd: string },
): string {
  const { files, mended, byHand } = harmlessDeep(raw);
  const after = harmlessDeep([...rawAfter]);
  const paint = painter(colour);
  const keys = new Set(after.map(keyOf));
  const before = new Set([...mended, ...byHand.map(({ finding }) => finding)].map(keyOf));
  const [gone, kept] = [
    mended.filter((each) => !keys.has(keyOf(each))),
    mended.filter((each) => keys.has(keyOf(each))),
  ];
  const fresh = after.filter((each) => !before.has(keyOf(each)));
  const reasons = new Map(byHand.map(({ finding, why }) => [keyOf(finding), why]));
  return `${[
    ...files.map(({ file }) => `wrote ${fileFrom(file, cwd)}`),
    `${counted(gone.length)} gone, ${after.length} left`,
    ...gone.map(({ id, title }) => `  ${paint("good", "gone")}  ${id}  ${title}`),
    ...kept.map(({ id, title }) => `  ${paint("bad", "kept")}  ${id}  ${title}`),
    ...fresh.map(({ id, title }) => `  ${paint("open", "new ")}  ${id}  ${title}`),
    ...after.flatMap((finding) => leftLines(finding, reasons.get(keyOf(finding)), paint)),
  ].join("\n")}\n`;
}

function leftLines(finding: Finding, why: string | undefined, paint: Paint): string[] {
  const { id, severity, title, where, fix, options = [], consequenceOf } = finding;
  const heading = wrap(`${severity.toUpperCase()} ${id}  ${title}`, WIDTH);
  return [
    "",
    ...heading.map((line, index) =>
      index === 0 ? line.replace(/^\S+/, (word) => paint(STYLE[severity], word)) : `  ${line}`,
    ),
    ...field("at", `${where.file}:${where.line}:${where.column}`),
    ...(where.construct === undefined ? [] : field("made by", `${where.construct.file}:${where.construct.line}`)),
    ...(why === undefined ? [] : field("by hand", why)),
    ...(consequenceOf === undefined
      ? []
      : field("goes with", `${consequenceOf.id} at ${consequenceOf.where.file}:${consequenceOf.where.line}`)),
    ...(options.length === 0 ? field("fix", fix) : options.flatMap(optionLines)),
  ];
}

function optionLines({ what, effort, risk }: Option, index: number): string[] {
  return field(`option ${index + 1}`, `${what} (effort: ${effort}; risk: ${risk})`);
}

/** Lines move; rule, resource and wording stay. */
function keyOf({ id, where: { address, attribute }, title }: Finding): string {
  return [id, address, attribute.replace(/\[\d+\]$/, ""), title].join("\0");
}

function counted(count: number): string {
  return count === 1 ? "1 finding" : `${count} findings`;
}

function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - 14).map((line, index) => `  ${(index === 0 ? label : "").padEnd(12)}${line}`);
}
