import { endOfHead } from "../../http/head.ts";
import { PhaseError } from "./failure.ts";

/** A whole head with its blank line, and the bytes that came after it. */
export interface CollectedHead {
  readonly head: Buffer;
  readonly rest: Buffer;
}

/** The longest end of a piece that may be the beginning of the blank line. */
const OVERLAP = 3;

/**
 * A function that is fed bytes until they hold a whole head; undefined until then. Each byte is looked at a bounded
 * number of times, however small the pieces. Throws when the head is larger than `limit` bytes, and, at the first byte
 * that says so, when it is no answer of HTTP/1.
 */
export function headCollector(
  limit: number,
  from: "response" | "proxy" = "response",
): (bytes: Buffer) => CollectedHead | undefined {
  const pieces: Buffer[] = [];
  let size = 0;
  let start: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  return (bytes) => {
    if (start.length < STATUS_LINE.length) start = joined([start, bytes]).subarray(0, STATUS_LINE.length);
    if (!STATUS_LINE.startsWith(start.toString("latin1")))
      throw new PhaseError(from, `the ${WORDS[from]} is not HTTP/1.1: it does not begin with a status line`);
    const seam = joined([tail, bytes]);
    const end = endOfHead(seam);
    pieces.push(bytes);
    const headSize = end === -1 ? size + bytes.length : size - tail.length + end;
    if (headSize > limit) throw new PhaseError(from, `the head of the ${WORDS[from]} is larger than ${limit} bytes`);
    size += bytes.length;
    tail = seam.subarray(-OVERLAP);
    if (end === -1) return undefined;
    const all = joined(pieces);
    return { head: all.subarray(0, headSize), rest: all.subarray(headSize) };
  };
}

/** A head nearly always comes in one piece, which need not be copied. */
function joined(pieces: readonly Buffer[]): Buffer {
  const filled = pieces.filter(({ length }) => length > 0);
  return filled.length === 1 ? filled[0]! : Buffer.concat(filled);
}

const STATUS_LINE = "HTTP/1.";

const WORDS = { response: "answer", proxy: "proxy's answer" } as const;

/** RFC 9112 §5.2: a folded line counts as one, with blanks in place of the fold. */
export function unfolded(head: Buffer): Buffer {
  const text = head.toString("latin1");
  return /\r\n[ \t]/.test(text) ? Buffer.from(text.replace(/[ \t]*\r\n[ \t]+/g, " "), "latin1") : head;
}
