import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../../../probes/terraform/evaluate/functions/table.ts";
import { shown } from "../../../support/evaluate.ts";
import { pureExpression } from "../../../support/expression-arbitrary.ts";
import { askConsole } from "../../../support/terraform-console.ts";
import written from "./expressions.json" with { type: "json" };

/** Expressions, and what Terraform 1.11 makes of each. */
const EXPRESSIONS = written as [expression: string, value: string][];

const seed = Number(process.env["FC_SEED"] ?? 20_260_801);
const count = process.env["HEADGATE_SOAK"] === undefined ? 400 : 5000;

describe("expressions of Terraform", () => {
  it.each(EXPRESSIONS)("%s is %s", (expression, value) => {
    expect(shown(expression)).toBe(value);
  });

  it("are the same in the real Terraform", () => {
    const answers = askConsole(EXPRESSIONS.map(([expression]) => expression));
    expect(answers).toEqual(EXPRESSIONS.map(([, value]) => value));
  });

  it("call every function that can be asked for without files and clocks", () => {
    const asked = new Set(
      EXPRESSIONS.flatMap(([expression]) => [...expression.matchAll(/\b(\w+)\(/g)].map(([, name]) => name)),
    );
    const others = new Set(
      (
        "abspath bcrypt base64gzip ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 " +
        "fileset filesha1 filesha256 filesha512 list plantimestamp rsadecrypt sensitive timestamp uuid"
      ).split(" "),
    );
    expect(Object.keys(FUNCTIONS).filter((name) => !asked.has(name) && !others.has(name))).toEqual([]);
  });

  it(`of any shape agree with the real Terraform (seed ${seed})`, () => {
    const expressions = fc.sample(pureExpression, { numRuns: count, seed });
    const answers = askConsole(expressions);
    const differences = expressions
      .map((expression, index) => ({ expression, ours: shown(expression), theirs: answers[index] }))
      .filter(({ ours, theirs }) => ours !== theirs);
    expect(differences).toEqual([]);
  });
});
