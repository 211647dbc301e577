import type { HeaderLine } from "../../http/header-list.ts";
import type { Observation } from "../facts/observation.ts";
import { EXCERPT, MAX_ANSWER, readBody, refusalLimits } from "./body.ts";
import { readWitnessReport } from "./witness-answer.ts";

/** The answer to a plain request, before its body is read. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Reads the body of an answer and the report in it. Of a body that is none the first 4 KiB are kept. A refusal is known
 * by its status: how its body ends is no `error`.
 */
export async function readPlainAnswer(
  { status, headers, body }: PlainAnswer,
  signal: AbortSignal,
): Promise<Pick<Observation, "response" | "witness"> & { error?: unknown }> {
  const isRefusal = status < 200 || status > 299;
  const limits = isRefusal ? refusalLimits(signal, 0) : { limit: MAX_ANSWER, signal };
  const { bytes, error } = await readBody(body, limits);
  const witness = error === undefined ? readWitnessReport(bytes.toString("utf8")) : undefined;
  const excerpt = witness === undefined ? bytes.subarray(0, EXCERPT).toString("utf8") : "";
  return {
    response: { status, headers, body: excerpt },
    ...(witness !== undefined && { witness }),
    ...(!isRefusal && { error }),
  };
}
