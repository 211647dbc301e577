import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TEMPLATE_VARIABLES, carriesToken, fillTemplate, variablesOf } from "../../contract/template.ts";
import { RUNS } from "../support/builders.ts";

const VALUES = { token: "T", "token:base64url": "B", nonce: "N" };
const literal = fc
  .string({ unit: fc.constantFrom("a", " ", "$", "{", "&", ".", "1") })
  .filter((text) => !text.includes("${"));
const variable = fc.constantFrom(...TEMPLATE_VARIABLES);

describe("fillTemplate", () => {
  it("fills in every variable, the same one twice too", () => {
    expect(fillTemplate("${token} ${token:base64url}.${nonce} ${token}", VALUES)).toBe("T B.N T");
  });

  it("leaves a variable that it does not know as it is written", () => {
    expect(fillTemplate("${other}", VALUES)).toBe("${other}");
  });

  it("puts any value between any literals, and reads no meaning into it", () => {
    const anyText = fc.oneof(fc.string(), fc.constantFrom("$&", "$1", "$$", "${nonce}", "${token}"));
    fc.assert(
      fc.property(literal, variable, literal, anyText, (before, name, after, value) => {
        fc.pre(!before.endsWith("$"));
        const filled = fillTemplate(`${before}\${${name}}${after}`, { ...VALUES, [name]: value });
        expect(filled).toBe(before + value + after);
      }),
      { numRuns: RUNS },
    );
  });

  it("gives back a template without variables", () => {
    fc.assert(
      fc.property(literal, (text) => {
        expect(fillTemplate(text, VALUES)).toBe(text);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("variablesOf", () => {
  it("names the variables in order, known or not", () => {
    expect(variablesOf("jwt.${token:base64url}, ${other}.${nonce}")).toEqual(["token:base64url", "other", "nonce"]);
  });
});

describe("carriesToken", () => {
  for (const [template, carries] of [
    ["Bearer ${token}", true],
    ["jwt.${token:base64url}", true],
    ["${nonce}", false],
    ["token", false],
    [undefined, false],
  ] as const) {
    it(`is ${carries} for ${template ?? "no template"}`, () => {
      expect(carriesToken(template)).toBe(carries);
    });
  }
});
