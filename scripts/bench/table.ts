import type { Spread, SuiteResult } from "./measure.ts";

/** A suite's result for a person: median [min..max], ratios to the first row. */
export function renderSuite({ title, labels, control, rows }: SuiteResult): string {
  const hasPeak = rows.some(({ peakMb }) => peakMb !== null);
  const hasMore = rows.some(({ more }) => more !== undefined);
  const isCounted = rows.some(({ perSecond }) => perSecond !== undefined);
  const head = [
    "",
    "cpu ratio",
    "wall ratio",
    labels.cpu,
    labels.wall,
    ...(hasMore ? [`${labels.cpu} more`, `${labels.wall} more`] : []),
    ...(hasPeak ? [labels.peak] : []),
    ...(isCounted ? ["each second"] : []),
  ];
  const lines = rows.map((row) => [
    row.name,
    show(row.cpuRatio, 2),
    show(row.wallRatio, 2),
    show(row.cpuMs, 1),
    show(row.wallMs, 1),
    ...(row.more === undefined ? [] : [show(row.more.cpuMs, 0), show(row.more.wallMs, 0)]),
    ...(hasPeak ? [row.peakMb === null ? "" : show(row.peakMb, 1)] : []),
    ...(isCounted ? [row.perSecond?.toLocaleString("en") ?? ""] : []),
  ]);
  const widths = head.map((cell, column) => Math.max(cell.length, ...lines.map((line) => line[column]!.length)) + 2);
  const verdicts = (["cpu", "wall"] as const).map((each) => {
    const word = control.holds[each] ? "agree" : "differ: INCONCLUSIVE, run again";
    return `${each}: the two copies of the baseline ${word} (${control[each].toFixed(2)})`;
  });
  return [
    title,
    ...[head, ...lines].map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("")
        .trimEnd(),
    ),
    ...verdicts,
    "",
  ].join("\n");
}

function show([median, min, max]: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;
}
