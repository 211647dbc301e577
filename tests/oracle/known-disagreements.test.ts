import { describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import { KNOWN_DISAGREEMENTS, unexplained } from "../support/oracle/known.ts";
import { compareWithModel } from "../support/oracle/model.ts";

describe("a known disagreement of oracle and model", () => {
  it.each(KNOWN_DISAGREEMENTS)(
    "still stands, or is to be taken off the list: $id",
    ({ id, plant, request, reading = {} }) => {
      const terraform = referenceTerraform();
      plant?.(terraform);
      const { differences } = compareWithModel(terraform, request, { reading });
      expect(differences, id).not.toEqual([]);
      expect(unexplained(differences, { terraform, reading })).toEqual([]);
    },
  );

  it("says why it is left", () => {
    for (const { reason } of KNOWN_DISAGREEMENTS) expect(reason).toMatch(/\b([A-Z]\d+[a-z]?|section 9|after apply)\b/i);
    expect(new Set(KNOWN_DISAGREEMENTS.map(({ id }) => id)).size).toBe(KNOWN_DISAGREEMENTS.length);
  });
});
