/** One element of an XML text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, references resolved. */
  readonly text: string;
}

const TAG = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/y;
const REFERENCES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Reads XML as far as reports use it, and refuses whatever it does not know. @throws Error with the place. */
export function parseXml(text: string): XmlElement {
  if (!text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')) throw new Error("has no declaration");
  const forbidden = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (forbidden !== null) throw new Error(`has a character that XML cannot hold, at ${forbidden.index}`);
  const root = { name: "", attributes: {}, children: [] as XmlElement[], text: "" };
  const open = [root];
  let at = text.indexOf("\n") + 1;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    const end = next === -1 ? text.length : next;
    open.at(-1)!.text += resolved(text.slice(at, end), at);
    if (next === -1) break;
    TAG.lastIndex = next;
    const match = TAG.exec(text);
    if (match === null) throw new Error(`has no tag that can be read at ${next}: ${text.slice(next, next + 40)}`);
    const [whole, closes, name, attributes, isEmpty] = match as unknown as [string, string, string, string, string];
    if (closes !== "") {
      if (open.pop()!.name !== name) throw new Error(`closes ${name} at ${next}, which is not open`);
    } else {
      const element = { name, attributes: attributesIn(attributes, next), children: [], text: "" };
      open.at(-1)!.children.push(element);
      if (isEmpty === "") open.push(element);
    }
    at = next + whole.length;
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("does not have one closed root");
  return root.children[0]!;
}

function attributesIn(written: string, at: number): Record<string, string> {
  const pairs = [...written.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, resolved(value!, at)]);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error(`has an attribute twice at ${at}`);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function resolved(text: string, at: number): string {
  return text.replace(/&([^;\s]*;?)/g, (_, name: string) => {
    const found = name.endsWith(";") ? REFERENCES[name.slice(0, -1)] : undefined;
    if (found === undefined) throw new Error(`has a bare & near ${at}`);
    return found;
  });
}

type Test = (value: string) => boolean;
interface Form {
  /** Required attributes; no other is allowed, but those of `optional`. */
  readonly required: Readonly<Record<string, Test>>;
  readonly optional?: Readonly<Record<string, Test>>;
  /** Names of children, in order, as a regular expression over `name `. */
  readonly children: RegExp;
  readonly mayHoldText?: boolean;
}

const any: Test = () => true;
const int: Test = (value) => /^-?\d+$/.test(value);
const decimal: Test = (value) => /^-?\d+(\.\d+)?$/.test(value);
/** Readers fold blanks in a token: one that has them folded already loses nothing. */
const token: Test = (value) => value === value.trim().replace(/\s+/g, " ");
const name: Test = (value) => token(value) && value !== "";
const problem: Form = { required: { type: any }, optional: { message: any }, children: /^$/, mayHoldText: true };

/** The form of Apache Ant's reports, element by element, as its schema has it. */
const FORMS: Readonly<Record<string, Form>> = {
  testsuites: { required: {}, children: /^(testsuite )*$/ },
  testsuite: {
    required: {
      package: token,
      id: int,
      name,
      timestamp: (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(value),
      hostname: name,
      tests: int,
      failures: int,
      errors: int,
      time: decimal,
    },
    optional: { skipped: int },
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { required: {}, children: /^(property )*$/ },
  property: { required: { name, value: any }, children: /^$/ },
  testcase: { required: { name: token, classname: token, time: decimal }, children: /^((skipped|error|failure) )?$/ },
  // Of any type: what it holds is not said.
  skipped: { required: {}, optional: { message: any }, children: /^$/, mayHoldText: true },
  error: problem,
  failure: problem,
  "system-out": { required: {}, children: /^$/, mayHoldText: true },
  "system-err": { required: {}, children: /^$/, mayHoldText: true },
};

/** What the form of JUnit reports has against an element and all in it; nothing for a right one. */
export function junitFaults(element: XmlElement, path = element.name): string[] {
  const form = FORMS[element.name];
  if (form === undefined) return [`${path} is no element of a report`];
  const { required, optional = {}, children, mayHoldText = false } = form;
  const missing = Object.keys(required).filter((key) => element.attributes[key] === undefined);
  const wrong = Object.entries(element.attributes).filter(
    ([key, value]) => !(required[key] ?? optional[key] ?? (() => false))(value),
  );
  return [
    ...missing.map((key) => `${path} has no ${key}`),
    ...wrong.map(([key, value]) => `${path} has ${key}="${value}"`),
    ...(children.test(element.children.map((child) => `${child.name} `).join(""))
      ? []
      : [`${path} holds ${element.children.map((child) => child.name).join(", ")}`]),
    ...(mayHoldText || element.text.trim() === "" ? [] : [`${path} holds text`]),
    ...element.children.flatMap((child, index) => junitFaults(child, `${path}/${child.name}[${index}]`)),
  ];
}
