import { posix } from "node:path";
import { EvaluationError } from "../evaluation-error.ts";
import { setOf } from "../convert.ts";
import { bool, text, unknown } from "../evaluated.ts";
import type { Scope } from "../scope.ts";
import { utf8 } from "./encoding.ts";
import { deep, textArg } from "./function.ts";
import type { Func, FunctionTable } from "./function.ts";
import { globPattern } from "./glob.ts";
import { digest } from "./hash.ts";

/** Functions of files and paths. They read only what {@link Scope.run} lets them read. */
export const FILESYSTEM: FunctionTable = {
  abspath: deep(["string"], ([path], { run }) => text(posix.resolve(run.files.cwd, textArg(path)))),
  basename: deep(["string"], ([path]) => text(baseName(textArg(path)))),
  dirname: deep(["string"], ([path]) => text(dirName(textArg(path)))),
  pathexpand: deep(["string"], ([path]) =>
    textArg(path).startsWith("~") ? unknown("hangs on the home folder of whoever runs Terraform") : text(textArg(path)),
  ),
  file: ofFile((bytes) => utf8(bytes)),
  filebase64: ofFile((bytes) => bytes.toString("base64")),
  filebase64sha256: ofFile((bytes) => digest(bytes, "sha256", "base64")),
  filebase64sha512: ofFile((bytes) => digest(bytes, "sha512", "base64")),
  filemd5: ofFile((bytes) => digest(bytes, "md5", "hex")),
  filesha1: ofFile((bytes) => digest(bytes, "sha1", "hex")),
  filesha256: ofFile((bytes) => digest(bytes, "sha256", "hex")),
  filesha512: ofFile((bytes) => digest(bytes, "sha512", "hex")),
  fileexists: deep(["string"], ([path], { run }) => bool(run.files.read(textArg(path)) !== undefined)),
  fileset: deep(["string", "string"], ([path, pattern], scope) => fileSet(textArg(path), textArg(pattern), scope)),
};

/** As Go has it: what stands before the last slash, cleaned. */
function dirName(path: string): string {
  const before = posix.normalize(path.slice(0, path.lastIndexOf("/") + 1));
  return before.length > 1 && before.endsWith("/") ? before.slice(0, -1) : before;
}

function baseName(path: string): string {
  if (path === "") return ".";
  return posix.basename(path) || "/";
}

function ofFile(read: (bytes: Buffer) => string): Func {
  return deep(["string"], ([path], scope) => text(read(bytesOf(textArg(path), scope))));
}

/** @throws EvaluationError for a file that is not there, or may not be read. */
export function bytesOf(path: string, { run }: Scope): Buffer {
  const bytes = run.files.read(path);
  if (bytes === undefined) throw new EvaluationError(`no file exists at ${JSON.stringify(path)}`);
  run.budget.text(bytes.length);
  return bytes;
}

function fileSet(path: string, pattern: string, { run }: Scope) {
  const files = run.files.list(path);
  run.budget.items(files.length);
  const wanted = globPattern(pattern);
  return setOf(
    files.filter((file) => wanted.test(file)).map((file) => text(file)),
    "string",
  );
}
