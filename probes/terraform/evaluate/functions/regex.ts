import { EvaluationError } from "../evaluation-error.ts";
import { list, object, text, tuple, unknown } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import type { Scope } from "../scope.ts";
import type { Type } from "../type.ts";
import { deep, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";
import { translate } from "./re2.ts";
import type { Pattern } from "./re2.ts";

/** Most steps that a pattern may take: this engine backtracks, and Terraform's does not. */
const MAX_STEPS = 1e9;

/** Functions with a pattern in RE2's syntax. */
export const REGEX: FunctionTable = {
  regex: deep(["string", "string"], ([pattern, subject]) =>
    withPattern(textArg(pattern), textArg(subject), (compiled) => {
      const found = new RegExp(compiled.source, compiled.flags).exec(textArg(subject));
      if (found === null) throw new EvaluationError("pattern did not match any part of the given string");
      return captured(found, compiled);
    }),
  ),
  regexall: deep(["string", "string"], ([pattern, subject], scope) =>
    withPattern(textArg(pattern), textArg(subject), (compiled) => {
      const found = [...textArg(subject).matchAll(new RegExp(compiled.source, `${compiled.flags}g`))];
      scope.run.budget.items(found.length);
      return list(
        found.map((each) => captured(each, compiled)),
        typeOfMatch(compiled),
      );
    }),
  ),
  replace: deep(["string", "string", "string"], ([subject, search, replacement], scope) =>
    replace(textArg(subject), textArg(search), textArg(replacement), scope),
  ),
};

function withPattern(written: string, subject: string, work: (pattern: Pattern) => Evaluated): Evaluated {
  const pattern = translate(written);
  if (typeof pattern === "string") return unknown(`uses the pattern ${written}, which is not evaluated: ${pattern}`);
  if (pattern.steps(subject.length) > MAX_STEPS)
    return unknown(`uses the pattern ${written} on ${subject.length} characters, which may take for ever here`);
  return work(pattern);
}

function captured(found: RegExpExecArray | RegExpMatchArray, { names, groups }: Pattern): Evaluated {
  const capture = (index: number): Evaluated => {
    const part = found[index];
    return part === undefined ? { kind: "null", type: "string" } : text(part);
  };
  if (groups === 0) return text(found[0] ?? "");
  if (names.length > 0) return object(names.map(([name, index]) => [name, capture(index)] as const));
  return tuple(Array.from({ length: groups }, (_, index) => capture(index + 1)));
}

function typeOfMatch({ names, groups }: Pattern): Type {
  if (groups === 0) return "string";
  if (names.length > 0) return { kind: "object", attributes: new Map(names.map(([name]) => [name, "string"])) };
  return { kind: "tuple", elements: Array.from({ length: groups }, () => "string" as const) };
}

/** A search between slashes is a pattern. */
function replace(subject: string, search: string, replacement: string, { run }: Scope): Evaluated {
  const isPattern = search.length > 1 && search.startsWith("/") && search.endsWith("/");
  if (isPattern)
    return withPattern(search.slice(1, -1), subject, (pattern) => {
      const found = [...subject.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))];
      run.budget.text(subject.length + found.length * (replacement.length + subject.length));
      return text(replaceAll(subject, found, (match) => expand(replacement, match, pattern)));
    });
  const count = search === "" ? [...subject].length + 1 : subject.split(search).length - 1;
  run.budget.text(subject.length + count * replacement.length);
  if (search === "") return text([...subject].map((each) => replacement + each).join("") + replacement);
  return text(subject.split(search).join(replacement));
}

function replaceAll(
  subject: string,
  found: readonly RegExpMatchArray[],
  put: (match: RegExpMatchArray) => string,
): string {
  let at = 0;
  let result = "";
  for (const match of found) {
    result += subject.slice(at, match.index) + put(match);
    at = match.index! + match[0].length;
  }
  return result + subject.slice(at);
}

/** `$1`, `$name`, `${name}` and `$$`, as Go expands them: the longest name counts, and an unknown one is empty. */
function expand(replacement: string, match: RegExpMatchArray, { names }: Pattern): string {
  return replacement.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_, dollar?: string, bare?: string, braced?: string) => {
    if (dollar !== undefined) return "$";
    const name = bare ?? braced ?? "";
    const index = /^\d+$/.test(name) ? Number(name) : (names.find(([each]) => each === name)?.[1] ?? -1);
    return match[index] ?? "";
  });
}
