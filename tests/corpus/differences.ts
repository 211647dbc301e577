import type { TraceAnswer } from "../support/trace-cli.ts";
import type { Expectation } from "./configurations.ts";

type HeaderExpectation = NonNullable<Expectation["headers"]>[string];
type TracedHeader = TraceAnswer["headers"][number];

/** Where an answer is not as expected, in words; empty where it is. */
export function differences(expected: Expectation, answer: TraceAnswer): readonly string[] {
  return [
    ...differs("outcome", expected.outcome, answer.outcome),
    ...differs("backend", expected.backend, answer.backend),
    ...differs("service", expected.service, answer.service),
    ...differs("matchedBy", expected.matchedBy, answer.matchedBy),
    ...differs("status", expected.status, answer.answer?.status),
    ...differs("location", expected.location, locationOf(answer)),
    ...weightsDiffer(expected.backends, answer.backends),
    ...Object.entries(expected.headers ?? {}).flatMap(([name, each]) => headerDiffers(name, each, answer)),
    ...unmatched("unknown", expected.unknowns, answer.unknowns.map(wordsOf)),
    ...unmatched("reported problem", expected.reported, reportsOf(answer)),
    ...matched("reported problem", expected.noReport, reportsOf(answer)),
    ...assumptionsDiffer(expected, answer),
  ];
}

/** `undefined` expects nothing; a list expects one of its entries. */
function differs(what: string, expected: unknown, actual: unknown): readonly string[] {
  if (expected === undefined) return [];
  const choices: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  return choices.includes(actual) ? [] : [`${what}: expected ${said(expected)}, got ${said(actual)}`];
}

const said = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function locationOf({ answer }: TraceAnswer): unknown {
  return answer?.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
}

function weightsDiffer(expected: Expectation["backends"], actual: TraceAnswer["backends"]): readonly string[] {
  if (expected === undefined) return [];
  const drawn = (actual ?? []).map(({ backend, weight }) => ({ backend, weight }));
  const wanted = said(expected);
  return said(drawn) === wanted ? [] : [`backends: expected ${wanted}, got ${said(drawn)}`];
}

function headerDiffers(name: string, expected: HeaderExpectation, { headers }: TraceAnswer): readonly string[] {
  const found = headers.find((each) => each.name.toLowerCase() === name);
  // A header that nobody sends and nobody adds need not be listed.
  const { state, arrives, by } = found ?? { state: "absent", arrives: [], by: [] };
  return [
    ...differs(`header ${name}`, expected.state, state),
    ...(expected.arrives === undefined || said(expected.arrives) === said(arrives)
      ? []
      : [`header ${name}: expected to arrive as ${said(expected.arrives)}, got ${said(arrives)}`]),
    ...placeDiffers(name, expected.at, by),
  ];
}

function placeDiffers(name: string, expected: HeaderExpectation["at"], by: TracedHeader["by"]): readonly string[] {
  if (expected === undefined) return [];
  const places = Array.isArray(expected) ? expected : [expected];
  if (by.some(({ source }) => places.some((place) => isWithin(source, place)))) return [];
  return [`header ${name}: expected an act at ${places.join(" or ")}, got ${said(by.map(({ source }) => source))}`];
}

/** Whether `path/file:line:column` lies in `file:first-last`. */
function isWithin(source: string, place: string): boolean {
  const [, path, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(source) ?? [];
  const [, file, first, last = first] = /^(.*):(\d+)(?:-(\d+))?$/.exec(place) ?? [];
  if (path === undefined || file === undefined) return false;
  const isFile = path === file || path.endsWith(`/${file}`);
  return isFile && Number(first) <= Number(line) && Number(line) <= Number(last);
}

const wordsOf = ({ reason, address }: TraceAnswer["unknowns"][number]): string => `${reason} (${address})`;

const reportsOf = ({ problems = [] }: TraceAnswer): readonly string[] => problems.map(({ reason }) => reason);

function unmatched(what: string, expected: readonly string[] = [], actual: readonly string[]): readonly string[] {
  const missing = expected.filter((each) => !actual.some((text) => pattern(each).test(text)));
  return missing.map((each) => `${what}: none matches /${each}/, got ${said(actual)}`);
}

function matched(what: string, expected: readonly string[] = [], actual: readonly string[]): readonly string[] {
  return expected.flatMap((each) =>
    actual.filter((text) => pattern(each).test(text)).map((text) => `${what}: ${text}`),
  );
}

/** `(?i)` in front asks for any case. */
const pattern = (text: string): RegExp =>
  text.startsWith("(?i)") ? new RegExp(text.slice("(?i)".length), "i") : new RegExp(text);

function assumptionsDiffer({ assumptions = {}, open }: Expectation, answer: TraceAnswer): readonly string[] {
  const taken = new Map(answer.assumptions.map(({ name, value }) => [name, value]));
  const wrong = Object.entries(assumptions).flatMap(([name, value]) =>
    differs(`assumption ${name}`, value, taken.get(name)),
  );
  if (open === undefined || taken.has(open) || answer.unknowns.length > 0) return wrong;
  return [...wrong, `open question ${open}: named neither as an assumption nor as an unknown`];
}
