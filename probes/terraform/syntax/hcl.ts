import { ConfigurationError } from "../configuration-error.ts";
import { readBody } from "./hcl/body.ts";
import { Cursor } from "./hcl/cursor.ts";
import { refuseDeep } from "./hcl/depth.ts";
import { readExpression } from "./hcl/expression.ts";
import { readTemplate } from "./hcl/template.ts";
import { placesOf } from "./place.ts";
import type { PlaceOf } from "./place.ts";
import type { Expression, Place, SourceFile } from "./syntax.ts";

/** Longest text that is read, in UTF-16 units. */
export const MAX_HCL_LENGTH = 2 * 1024 * 1024;

export interface HclParser {
  /**
   * A configuration file.
   * @throws ConfigurationError with file, line, column and HCL's own wording, for whatever Terraform would refuse.
   */
  parse(text: string, file: string): SourceFile;
  /**
   * A text with `${…}` or `%{…}` in it, as JSON holds them: backslashes are no escapes.
   * @param at where the text's first character stands; it is taken to be all on one line.
   */
  parseTemplate(text: string, at: Place): Expression;
  /** The same, for a text whose characters stand where `place` says. */
  parseTemplateAt(text: string, place: PlaceOf): Expression;
  /** An expression alone, as JSON holds it where Terraform wants a reference. */
  parseExpression(text: string, at: Place): Expression;
  /** The same, for a text whose characters stand where `place` says. */
  parseExpressionAt(text: string, place: PlaceOf): Expression;
}

/** The parser of HCL's native syntax. It holds nothing and can be shared. */
export const hclParser: HclParser = {
  parse: parseFile,
  parseTemplate: (text, at) => parseTemplateAt(text, alongLine(at)),
  parseTemplateAt,
  parseExpression: (text, at) => parseExpressionAt(text, alongLine(at)),
  parseExpressionAt,
};

export function loadHcl(): Promise<HclParser> {
  return Promise.resolve(hclParser);
}

/** `override.tf`, `x_override.tf`, and both in JSON, are merged over the others. */
export function isOverrideFile(file: string): boolean {
  return /(?:^|[/\\]|_)override\.tf(?:\.json)?$/.test(file);
}

function parseFile(text: string, file: string): SourceFile {
  // Terraform passes over a byte order mark.
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const place = placesOf(body, file);
  refuseLong(body, place);
  return {
    file,
    body: readBody(new Cursor(body, "file", place), "end", place(0)),
    isOverride: isOverrideFile(file),
  };
}

function parseTemplateAt(text: string, place: PlaceOf): Expression {
  refuseLong(text, place);
  const cursor = new Cursor(text, "template", place);
  const opened = { start: 0, closedBy: "end", indented: false } as const;
  return refuseDeep(
    cursor,
    readTemplate(cursor, opened, () => readExpression(cursor)),
  );
}

function parseExpressionAt(text: string, place: PlaceOf): Expression {
  refuseLong(text, place);
  const cursor = new Cursor(text, "file", place);
  const expression = refuseDeep(cursor, readExpression(cursor));
  if (!cursor.is("end"))
    cursor.fail(
      "Extra characters after expression; An expression was successfully parsed, but extra characters were found after it.",
    );
  return expression;
}

function refuseLong(text: string, place: PlaceOf): void {
  if (text.length > MAX_HCL_LENGTH)
    throw new ConfigurationError(`is ${text.length} characters long; at most ${MAX_HCL_LENGTH} are read`, place(0));
}

function alongLine(at: Place): PlaceOf {
  return (offset) => ({ ...at, column: at.column + offset });
}
