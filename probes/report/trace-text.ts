import { harmlessDeep, painter, wrap } from "./paint.ts";
import type { Paint, Style } from "./paint.ts";
import type { TraceDocument } from "./trace-schema.ts";
import { written } from "./trace-secrets.ts";

const WIDTH = 80;
const LABEL = 13;

type Header = TraceDocument["headers"][number];
type Step = TraceDocument["steps"][number];
type Place = Pick<Step, "address" | "source" | "construct">;

/** The way of one request as a ladder, then the headers that arrive. At most 80 columns where names and values allow. */
export function renderTraceText(raw: TraceDocument, { colour }: { readonly colour: boolean }): string {
  const document = harmlessDeep(raw);
  const paint = painter(colour);
  return [
    ...heading(document, paint),
    ...ladder(document, paint),
    ...headers(document, paint),
    ...openEnds(document, paint),
    "",
    ...outcome(document, paint),
    "",
  ].join("\n");
}

function heading({ configuration: { at, env, edge }, request }: TraceDocument, paint: Paint): string[] {
  const where = `${at}  ${env}${edge === null ? "" : ` (${edge})`}`;
  return [
    `${paint("strong", "headgate trace")}  ${where}`,
    ...field("", `${request.method} ${request.url}${request.websocket ? "  WebSocket upgrade" : ""}`),
  ];
}

/** One rung for each stage and place; several headers that one place changed alike share it. */
function ladder({ steps }: TraceDocument, paint: Paint): string[] {
  const rungs: { step: Step; names: string[] }[] = [];
  for (const step of steps) {
    const last = rungs.find((rung) => rung.names.length > 0 && isAlike(rung.step, step));
    if (step.header !== undefined && last !== undefined) last.names.push(step.header);
    else rungs.push({ step, names: step.header === undefined ? [] : [step.header] });
  }
  let stage = "";
  let before = "";
  return rungs.flatMap(({ step, names }) => {
    const label = step.stage === stage ? "" : step.stage;
    stage = step.stage;
    const subject = names.length === 0 ? "" : `${[...new Set(names)].join(", ")}: `;
    const fact = step.fact === undefined ? "" : ` (${step.fact})`;
    const lines = field(label, `${subject}${step.effect}${fact}`);
    const shown = label === "" ? lines : [lines[0]!.replace(label, paint("strong", label)), ...lines.slice(1)];
    const place = placeLines(step).map((line) => paint("faint", line));
    // One place often does several things, one after the other: it is named once.
    const isNamed = label === "" && before === step.source;
    before = step.source;
    return [...(label === "" ? [] : [""]), ...shown, ...(isNamed ? [] : place)];
  });
}

function isAlike(a: Step, b: Step): boolean {
  return a.stage === b.stage && a.effect === b.effect && a.source === b.source && b.header !== undefined;
}

function placeLines({ address, source, construct }: Place): string[] {
  const [, resource = address, attribute = ""] = /^([^.]+\.[^.]+)(?:\.(.*))?$/.exec(address) ?? [];
  return [resource, attribute, source, construct ?? ""]
    .filter((text) => text !== "")
    .flatMap((text) => field("", text));
}

const STYLES: Readonly<Record<Header["state"], Style>> = {
  same: "good",
  added: "faint",
  appended: "open",
  replaced: "open",
  removed: "bad",
  absent: "faint",
  unknown: "bad",
};

/** What the service gets, and what it does not. */
function headers(document: TraceDocument, paint: Paint): string[] {
  const { headers: all, outcome: how, service, backend } = document;
  const isIfAtAll = how === "unknown" && mayArrive(document);
  if ((how !== "backend" && !isIfAtAll) || all.length === 0) return [];
  const reasons = [...new Set(all.flatMap(({ reason }) => reason ?? []))];
  return [
    "",
    `${paint("strong", isIfAtAll ? "IF IT IS LET THROUGH, ARRIVES AT" : "ARRIVES AT")} ${service ?? backend ?? "(unknown)"}`,
    ...all.flatMap((header) => headerLines(header, paint)),
    ...reasons.flatMap((reason) => field("", `(unknown): ${reason}`)).map((line) => paint("faint", line)),
  ];
}

/** The only open thing is whether the request is let through, and nothing known keeps it from its end. */
function mayArrive({ unknowns, steps }: TraceDocument): boolean {
  const isThere = steps.some(({ stage, effect }) => stage === "container" || effect.startsWith("hands it on"));
  return isThere && unknowns.every(({ affects }) => affects !== "request");
}

function headerLines({ name, state, arrives }: Header, paint: Paint): string[] {
  const [first = name, ...others] = arrives.map((value) => `${name}: ${shown(value)}`.trimEnd());
  const lines = [...field(state, first), ...others.flatMap((other) => field("", other))];
  return [lines[0]!.replace(state, paint(STYLES[state], state)), ...lines.slice(1)];
}

function shown(value: Header["arrives"][number]): string {
  if (value === null) return "(unknown)";
  return typeof value === "string" ? value : written(value);
}

/** What is not known, and what was assumed. */
function openEnds({ unknowns, problems, backends, assumptions, notes }: TraceDocument, paint: Paint): string[] {
  const title = (text: string): string[] => ["", paint("open", text)];
  const [own, others] = [true, false].map((isOwn) =>
    unknowns.filter(({ affects }) => (affects !== "nothing") === isOwn),
  );
  return [
    ...(backends.length === 0 ? [] : title("CHANCE DECIDES")),
    ...backends.flatMap(({ weight, backend, service }) => [
      ...field(String(weight), backend),
      ...(service === undefined ? [] : field("", service)),
    ]),
    ...(problems.length === 0 ? [] : title("REFUSED")),
    ...problems.flatMap((problem) => [
      ...field(problem.found, `${problem.reason}${problem.fact === undefined ? "" : ` (${problem.fact})`}`),
      ...placeLines(problem),
    ]),
    ...(own!.length === 0 ? [] : title("NOT KNOWN")),
    ...own!.flatMap((unknown) => unknownLines(unknown)),
    ...(others!.length === 0 ? [] : title("NOT READ, AND NOT ON THIS WAY")),
    ...others!.flatMap((unknown) => unknownLines(unknown)),
    ...(assumptions.length === 0 ? [] : title("DEPENDS ON OPEN QUESTIONS")),
    ...assumptions.flatMap(({ name, question, value, otherwise }) => [
      ...field("assumed", `${name}=${value}`),
      ...field("", question),
      ...field("", `--assume ${name}=${otherwise.join("|")} shows it otherwise`),
    ]),
    ...(notes.length === 0 ? [] : title("NOT DESCRIBED HERE")),
    ...notes.flatMap((note) => field("note", note)),
  ];
}

function unknownLines(unknown: TraceDocument["unknowns"][number]): string[] {
  const { reason, expression } = unknown;
  return [
    ...field("because", reason),
    ...(expression === undefined || reason.includes(expression) ? [] : field("", expression)),
    ...placeLines(unknown),
  ];
}

function outcome({ outcome: how, backend, service, answer, reasons }: TraceDocument, paint: Paint): string[] {
  if (how === "backend")
    return [
      paint("good", "backend"),
      `  ${backend}`,
      ...wrap(service ?? `no service named: ${reasons.service ?? ""}`, WIDTH - 2).map((line) => `  ${line}`),
    ];
  const style: Style = how === "unknown" ? "open" : how === "redirect" ? "strong" : "bad";
  const location = answer?.headers.find(([name]) => name === "location")?.[1];
  const where = location === undefined ? "" : ` → ${shown(location)}`;
  const status = answer === null ? "" : `  ${answer.status}${where}`;
  const why = reasons.service ?? reasons.backend ?? answer?.by.effect ?? "";
  return [`${paint(style, how)}${status}`, ...wrap(why, WIDTH - 2).map((line) => `  ${line}`)];
}

/** `label   text`, the text wrapped under itself. */
function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL - 2).map((line, index) =>
    `  ${(index === 0 ? label : "").padEnd(LABEL)}${line}`.trimEnd(),
  );
}
