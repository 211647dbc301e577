import { EvaluationError } from "../evaluation-error.ts";
import { list, object, text, unknown, unknownIn } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { own, deep, textArg } from "./function.ts";
import type { Func, FunctionTable } from "./function.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { Scope } from "../scope.ts";
import { decodeYaml, encodeYaml } from "./yaml.ts";

/** Functions that write a value in another form, and read it again. */
export const ENCODING: FunctionTable = {
  base64encode: deep(["string"], ([value]) => text(Buffer.from(textArg(value), "utf8").toString("base64"))),
  base64decode: deep(["string"], ([value]) => text(utf8(fromBase64(textArg(value))))),
  base64gzip: deep(["string"], () => unknown("is compressed, and Terraform's own bytes of that are not known")),
  csvdecode: deep(["string"], ([value], scope) => csv(textArg(value), scope)),
  jsondecode: deep(["string"], ([value]) => decodeJson(textArg(value))),
  jsonencode: encoder(encodeJson),
  textdecodebase64: deep(["string", "string"], ([value, name]) => text(decodeAs(textArg(value), textArg(name)))),
  textencodebase64: deep(["string", "string"], ([value, name]) => text(encodeAs(textArg(value), textArg(name)))),
  urlencode: deep(["string"], ([value]) => text(urlEncode(textArg(value)))),
  yamldecode: deep(["string"], ([value]) => decodeYaml(textArg(value))),
  yamlencode: encoder(encodeYaml),
};

function encoder(encode: (value: Evaluated) => string): Func {
  return own(["any"], ([value], { run }) => {
    const open = unknownIn(value!);
    if (open !== undefined) return { ...open, type: "string", origin: undefined };
    const written = encode(value!);
    run.budget.text(written.length);
    return text(written);
  });
}

function fromBase64(written: string): Buffer {
  const plain = written.replace(/[\r\n]/g, "");
  if (!/^(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/.test(plain))
    throw new EvaluationError("failed to decode base64 data");
  return Buffer.from(plain, "base64");
}

/** @throws EvaluationError for bytes that are not UTF-8. */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EvaluationError("the bytes are not UTF-8 text");
  }
}

/** As Go's `url.QueryEscape`. */
function urlEncode(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/** The encodings that are the same everywhere; another one is refused here and read by Terraform. */
function encodeAs(value: string, name: string): string {
  const kind = name.toUpperCase().replaceAll("_", "-");
  if (kind === "UTF-8") return Buffer.from(value, "utf8").toString("base64");
  if (kind === "UTF-16LE") return Buffer.from(value, "utf16le").toString("base64");
  if (kind === "UTF-16BE") return Buffer.from(value, "utf16le").swap16().toString("base64");
  if (kind === "US-ASCII" && /^[\x00-\x7f]*$/.test(value)) return Buffer.from(value, "latin1").toString("base64");
  throw new EvaluationError(`the encoding ${name} is not read here`);
}

function decodeAs(written: string, name: string): string {
  const bytes = fromBase64(written);
  const kind = name.toUpperCase().replaceAll("_", "-");
  if (kind === "UTF-8") return utf8(bytes);
  if (kind === "UTF-16LE" && bytes.length % 2 === 0) return bytes.toString("utf16le");
  if (kind === "UTF-16BE" && bytes.length % 2 === 0) return Buffer.from(bytes).swap16().toString("utf16le");
  if (kind === "US-ASCII" && bytes.every((byte) => byte < 0x80)) return bytes.toString("latin1");
  throw new EvaluationError(`the encoding ${name} is not read here`);
}

/** RFC 4180, the first line naming the columns. */
function csv(written: string, { run }: Scope): Evaluated {
  run.budget.items(written.length);
  const [names, ...rows] = csvRows(written);
  if (names === undefined) throw new EvaluationError("missing header line");
  if (new Set(names).size < names.length) throw new EvaluationError("a column name stands twice");
  const wrong = rows.findIndex((row) => row.length !== names.length);
  if (wrong !== -1) throw new EvaluationError(`record ${wrong + 2} has the wrong number of fields`);
  const objects = rows.map((row) => object(names.map((name, index) => [name, text(row[index]!)] as const)));
  return list(objects, { kind: "object", attributes: new Map(names.map((name) => [name, "string"])) });
}

function csvRows(written: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // One field and what ends it.
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < written.length) {
    // An empty line is no record.
    const empty = /\r?\n/y;
    empty.lastIndex = field.lastIndex;
    if (row.length === 0 && empty.test(written)) {
      field.lastIndex = empty.lastIndex;
      continue;
    }
    const found = field.exec(written);
    if (found === null) throw new EvaluationError("is not valid CSV");
    row.push(found[1]?.replaceAll('""', '"').replaceAll("\r\n", "\n") ?? found[2] ?? "");
    if (found[3] === "," && field.lastIndex < written.length) continue;
    if (found[3] === ",") row.push("");
    rows.push(row);
    row = [];
  }
  return rows;
}
