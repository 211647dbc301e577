import type { RuleText } from "../facts/result.ts";
import type { ReportOptions } from "./reported.ts";

/**
 * Rules as SARIF has them (§3.49). Their help is whole in itself; `helpUri` is the page of Google's, or of a standard,
 * that the rule rests on first.
 */
export function sarifRules(rules: readonly RuleText[], pageOf: ReportOptions["pageOf"] = () => undefined): object[] {
  return rules.map(({ id, title, because, fix, sources }) => {
    const helpUri = sources.map(pageOf).find((page) => page !== undefined);
    const rests = sources.length === 0 ? [] : [`Rests on: ${sources.join(", ")}.`];
    return {
      id,
      shortDescription: { text: title },
      fullDescription: { text: because },
      ...(helpUri !== undefined && { helpUri }),
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
