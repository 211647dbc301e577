import { posix } from "node:path";
import { EvaluationError } from "../evaluation-error.ts";

/** A pattern of `fileset`: `*`, `**` for any folders, `?`, `[a-z]`, `{a,b}`. */
export function globPattern(pattern: string): RegExp {
  if (pattern.length > 500) throw new EvaluationError("the pattern is too long");
  let depth = 0;
  const clean = posix.normalize(pattern);
  const source = clean.replace(/\*\*\/|\*\*|\*|\?|\[[!^]?[^\]]+\]|\\[^]|[^]/g, (piece, at: number) => {
    if (piece === "**/") return "(?:[^/]+/)*";
    // At the end, and alone between slashes, it is everything below.
    if (piece === "**" && at + 2 === clean.length && (at === 0 || clean[at - 1] === "/")) return ".*";
    if (piece === "**" || piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    if (piece.length > 2 && piece.startsWith("[")) return classOf(piece);
    if (piece === "{" || piece === "}") {
      depth += piece === "{" ? 1 : -1;
      return piece === "{" ? "(?:" : ")";
    }
    if (piece === "," && depth > 0) return "|";
    return piece.replace(/^\\/, "").replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch {
    throw new EvaluationError(`invalid pattern ${JSON.stringify(pattern)}`);
  }
}

function classOf(piece: string): string {
  const isNot = piece[1] === "!" || piece[1] === "^";
  const inner = piece.slice(isNot ? 2 : 1, -1).replace(/[\\[\]^]/g, "\\$&");
  return `[${isNot ? "^" : ""}${inner}]`;
}
