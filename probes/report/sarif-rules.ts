import type { RuleText } from "../facts/result.ts";

/**
 * Rules as SARIF has them (§3.49). Their help is whole in itself: the project has no public page that a `helpUri` could
 * name, and that property takes no relative URL.
 */
export function sarifRules(rules: readonly RuleText[]): object[] {
  return rules.map(({ id, title, because, fix, sources }) => {
    const rests = sources.length === 0 ? [] : [`Rests on: ${sources.join(", ")}.`];
    return {
      id,
      shortDescription: { text: title },
      fullDescription: { text: because },
      help: {
        text: [because, `Fix: ${fix}`, ...rests, `More: headgate explain ${id}`].join("\n"),
        markdown: [
          `**Why**: ${because}`,
          `**Fix**: ${fix}`,
          ...rests.map((text) => text.replace("Rests on:", "**Rests on**:")),
          `\`headgate explain ${id}\` says it in a terminal.`,
        ].join("\n\n"),
      },
    };
  });
}
