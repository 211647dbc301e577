import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

/** Asserts that a document is as its published JSON Schema says, with every difference in the message. */
export function expectPublished(name: "report" | "trace" | "plan" | "drift" | "deploy", document: unknown): void {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(`schema/headgate-${name}-1.schema.json`, "utf8")) as object,
  );
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
}
