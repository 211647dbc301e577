import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hclParser } from "../../../../probes/terraform/syntax/hcl.ts";
import type { SourceFile } from "../../../../probes/terraform/syntax/syntax.ts";
import { body, expression, nearlyHcl, templateText } from "../../../support/hcl-arbitrary.ts";
import { readByHashicorp, sameNames, saysTheSame, shapeByHashicorp, shapeOf } from "../../../support/hcl-oracle.ts";

/** HEADGATE_SOAK=1 looks much longer. fast-check prints the seed of a failure, and takes it back as FC_SEED. */
const numRuns = process.env["HEADGATE_SOAK"] === undefined ? 400 : 20_000;
const seed = process.env["FC_SEED"] === undefined ? {} : { seed: Number(process.env["FC_SEED"]) };
const timeout = numRuns * 100;

function parsed(text: string): SourceFile | string {
  try {
    return hclParser.parse(text, "a.tf");
  } catch (error) {
    return (error as Error).message;
  }
}

/** What we make of a text, and whether that is the same as what HashiCorp's parser makes of it, refused or not. */
async function compared(text: string): Promise<SourceFile | undefined> {
  const [ours, theirs] = [parsed(text), await readByHashicorp(text)];
  const said = theirs.kind === "refused" ? theirs.message : "read";
  expect(
    typeof ours === "string" ? "refused" : "read",
    `ours: ${typeof ours === "string" ? ours : "read"}\ntheirs: ${said}`,
  ).toBe(theirs.kind === "refused" ? "refused" : "read");
  return typeof ours === "string" ? undefined : ours;
}

describe("beside HashiCorp's own parser", () => {
  it(
    "reads and refuses the same files, with the same arguments and blocks",
    async () => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(body, async (text) => {
          const ours = await compared(text);
          const theirs = await readByHashicorp(text);
          if (ours === undefined || theirs.kind !== "read") return;
          read += 1;
          // hcl2json has one place for an argument and a block of one name.
          const names = ours.body.items.map((item) => (item.kind === "block" ? item.type : item.name));
          const clash = ours.body.items.some(
            (item) => item.kind === "attribute" && names.filter((name) => name === item.name).length > 1,
          );
          if (!clash) expect(sameNames(ours.body, theirs.value), text).toBe(true);
        }),
        { numRuns, ...seed },
      );
      expect(read).toBeGreaterThan(numRuns / 10);
    },
    timeout,
  );

  it(
    "refuses and reads the same of what is nearly HCL",
    async () => {
      const seen = { read: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(nearlyHcl, async (text) => {
          seen[(await compared(text)) === undefined ? "refused" : "read"] += 1;
        }),
        { numRuns: numRuns * 2, ...seed },
      );
      expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(numRuns / 20);
    },
    timeout * 2,
  );

  it(
    "gives expressions the same tree, with names, operators, steps and offsets",
    async () => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(expression, async (text) => {
          const file = `x = ${text}\n`;
          const ours = await compared(file);
          const [item] = ours?.body.items ?? [];
          if (item?.kind !== "attribute") return;
          read += 1;
          expect(shapeOf(item.value, file, 4)).toEqual(await shapeByHashicorp(text));
        }),
        { numRuns, ...seed },
      );
      expect(read).toBeGreaterThan(numRuns / 4);
    },
    timeout,
  );

  it(
    "gives texts the same value: escapes, indentation, trim marks",
    async () => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(templateText, async (text) => {
          const ours = await compared(`x = ${text}\n`);
          const theirs = await readByHashicorp(`x = ${text}\n`);
          const [item] = ours?.body.items ?? [];
          if (item?.kind !== "attribute" || theirs.kind !== "read") return;
          const given = String(theirs.value["x"]);
          // What hcl2json writes is no longer what it read where trimming moves a `$` or `%` to an opening, and where a
          // carriage return stands alone.
          if (/[$%](?:\s|\\[nrt])+[$%]\{~/.test(text) || /\r(?!\n)/.test(given)) return;
          read += 1;
          expect(saysTheSame(item.value, given), `${text}\ngave ${JSON.stringify(given)}`).toBe(true);
        }),
        { numRuns: numRuns * 2, ...seed },
      );
      expect(read).toBeGreaterThan(numRuns);
    },
    timeout * 2,
  );
});
