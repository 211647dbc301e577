import type { Spread, SuiteResult } from "./measure.ts";

/** A suite's result for a person: median [min..max], ratios to the first row. */
export function renderSuite({ title, control, rows }: SuiteResult): string {
  const hasPeak = rows.some(({ peakMb }) => peakMb !== null);
  const head = ["", "wall ms", "cpu ms", ...(hasPeak ? ["peak MB"] : []), "wall ratio", "cpu ratio"];
  const lines = rows.map((row) => [
    row.name,
    show(row.wallMs, 1),
    show(row.cpuMs, 1),
    ...(hasPeak ? [row.peakMb === null ? "" : show(row.peakMb, 0)] : []),
    show(row.wallRatio, 2),
    show(row.cpuRatio, 2),
  ]);
  const widths = head.map((cell, column) => Math.max(cell.length, ...lines.map((line) => line[column]!.length)) + 2);
  const verdict = control.holds
    ? `the two copies of the baseline agree (wall ${control.wall.toFixed(2)}, cpu ${control.cpu.toFixed(2)})`
    : `INCONCLUSIVE, run again: two copies of the baseline differ (wall ${control.wall.toFixed(2)}, cpu ${control.cpu.toFixed(2)})`;
  return [
    title,
    ...[head, ...lines].map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("")
        .trimEnd(),
    ),
    verdict,
    "",
  ].join("\n");
}

function show([median, min, max]: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;
}
