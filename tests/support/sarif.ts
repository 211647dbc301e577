import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { Json } from "./reference.ts";

/** What SARIF's public schema has against a log; nothing for a valid one. */
export function sarifFaults(log: unknown): string[] {
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(
    schema(),
  );
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath} ${message}`);
}

/** The schema is of JSON Schema's draft 4, in which `$id` was called `id`; nothing else of it has changed since. */
function schema(): Json {
  const {
    $schema: _,
    id: __,
    ...rest
  }: Json = JSON.parse(readFileSync(new URL("schemas/sarif-2.1.0-rtm.5.json", import.meta.url), "utf8"));
  return rest;
}
