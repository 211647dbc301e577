import type { Explanation, FactText } from "../facts/explanation.ts";
import type { FoundBy } from "../facts/finding.ts";
import { painter, wrap } from "./paint.ts";
import type { Paint } from "./paint.ts";

const WIDTH = 80;
const LABEL = 10;

const LOOKS_AT = {
  traffic: "what a service receives, by gate, probe and check",
  configuration: "a configuration, by check",
  waivers: "what somebody accepts",
} as const;

const FOUND: Readonly<Record<FoundBy, string>> = {
  validate: "terraform validate finds it too",
  apply: "Google refuses it when it is applied, and nothing before",
  run: "nothing else finds it before a user does",
};

/** What is known of one id, for a person; 80 columns where addresses allow. */
export function renderExplanation(explanation: Explanation, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  return [paint("strong", explanation.id), ...bodyOf(explanation, paint), ""].join("\n");
}

function bodyOf(explanation: Explanation, paint: Paint): string[] {
  switch (explanation.kind) {
    case "rule":
      return [
        ...wrap(`${capital(explanation.title)}.`, WIDTH),
        "",
        ...field("looks at", LOOKS_AT[explanation.looksAt]),
        ...(explanation.severity === undefined ? [] : field("severity", explanation.severity)),
        ...(explanation.found === undefined ? [] : field("found", FOUND[explanation.found])),
        ...field("why", explanation.because),
        ...field("fix", explanation.fix),
        ...sources(explanation.sources, paint),
      ];
    case "question":
      return [
        ...wrap(explanation.question, WIDTH),
        "",
        ...field("values", `${explanation.values.join(", ")}; without --assume every one of them is looked at`),
        ...sources(explanation.sources, paint),
      ];
    case "behaviour":
      return [
        ...wrap(`${capital(explanation.what)}.`, WIDTH),
        "",
        ...field("stage", explanation.stage),
        ...field("told", explanation.told),
        ...sources(explanation.sources, paint),
      ];
    case "fact":
      return [
        ...wrap(explanation.fact, WIDTH),
        "",
        ...field("standing", explanation.standing),
        ...(explanation.source === "" ? [] : field("source", explanation.source)),
        ...(explanation.citedBy.length === 0 ? [] : field("cited by", explanation.citedBy.join(", "))),
      ];
  }
}

function sources(facts: readonly FactText[], paint: Paint): string[] {
  if (facts.length === 0) return [];
  return [
    "",
    paint("faint", "RESTS ON"),
    ...facts.flatMap(({ id, fact, standing, source }) => [
      ...field(id, standing === "" ? "stands in no table" : `${fact} (${standing})`),
      ...(source === "" ? [] : field("", source)),
    ]),
  ];
}

/** `label   text`, the text wrapped under itself. */
function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL - 2).map((line, index) =>
    `  ${(index === 0 ? label : "").padEnd(LABEL)}${line}`.trimEnd(),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
