import { createHash } from "node:crypto";
import { EvaluationError } from "../evaluation-error.ts";
import { text, unknown } from "../evaluated.ts";
import { deep, textArg } from "./function.ts";
import type { Func, FunctionTable } from "./function.ts";

type Algorithm = "md5" | "sha1" | "sha256" | "sha512";
type Digest = "hex" | "base64";

/** Hash functions, and what only one run of Terraform can know. */
export const HASH: FunctionTable = {
  base64sha256: hashed("sha256", "base64"),
  base64sha512: hashed("sha512", "base64"),
  md5: hashed("md5", "hex"),
  sha1: hashed("sha1", "hex"),
  sha256: hashed("sha256", "hex"),
  sha512: hashed("sha512", "hex"),
  uuidv5: deep(["string", "string"], ([space, name]) => text(uuidv5(textArg(space), textArg(name)))),
  bcrypt: onlyThen(["string"], "differs with every run", "number"),
  rsadecrypt: onlyThen(["string", "string"], "is decrypted with a key, which is not done here"),
  timestamp: onlyThen([], "is the time when Terraform applies"),
  plantimestamp: onlyThen([], "is the time when Terraform plans"),
  uuid: onlyThen([], "differs with every run"),
};

export function digest(bytes: string | Uint8Array, algorithm: Algorithm, encoding: Digest): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

function hashed(algorithm: Algorithm, encoding: Digest): Func {
  return deep(["string"], ([value]) => text(digest(textArg(value), algorithm, encoding)));
}

function onlyThen(params: readonly "string"[], reason: string, rest?: "number"): Func {
  return deep(params, () => unknown(reason), rest);
}

/** Name spaces that RFC 9562 gives a short name. */
const SPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
};

/** RFC 9562 §5.5. */
function uuidv5(space: string, name: string): string {
  const hex = (SPACES[space] ?? space).replaceAll("-", "");
  if (!/^[0-9A-Fa-f]{32}$/.test(hex)) throw new EvaluationError(`${space} is no name space`);
  const bytes = createHash("sha1").update(Buffer.from(hex, "hex")).update(name).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const found = bytes.toString("hex").slice(0, 32);
  return found.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
