import { MIN_KEY } from "../../contract/probe-protocol.ts";
import { UsageError } from "./context.ts";

/**
 * The key with which probes open the witness, from HEADGATE_KEY. `remedy` ends the message where there is none or a short one.
 * @throws UsageError
 */
export function witnessKey(env: Readonly<Record<string, string | undefined>>, remedy: string): string {
  const key = env["HEADGATE_KEY"] ?? "";
  if (key.length >= MIN_KEY) return key;
  const what = key === "" ? "HEADGATE_KEY is not set" : `HEADGATE_KEY is shorter than ${MIN_KEY} characters`;
  throw new UsageError(`${what}; ${remedy}`);
}
