import { readFileSync } from "node:fs";
import type { Contract } from "./contract.ts";
import { parseContract } from "./parse.ts";
import { ContractError } from "./problem.ts";

/** Largest contract that is read, in bytes. */
const MAX_BYTES = 2 * 1024 * 1024;

/** The text that was parsed last, of each file: a run that judges several stacks asks for its contract once for each. */
const parsedLast = new Map<string, { readonly text: string; readonly contract: Contract }>();

/**
 * Reads and parses a contract file; `file` is also how messages name it.
 * @throws ContractError with every problem found, or with the reason why the file cannot be read.
 */
export function loadContract(file: string): Contract {
  const text = readText(file);
  const last = parsedLast.get(file);
  if (last?.text === text) return last.contract;
  const parsed = parseContract(text, file);
  if ("problems" in parsed) throw new ContractError(parsed.problems);
  parsedLast.set(file, { text, contract: parsed.contract });
  return parsed.contract;
}

/** A text file of at most 2 MiB. @throws ContractError with the reason why it cannot be read. */
export function readText(file: string): string {
  const fail = (message: string): never => {
    throw new ContractError([{ at: { file, line: 1, column: 1 }, path: "", message }]);
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return fail(
      code === "ENOENT"
        ? "no such file; name the contract with --contract FILE"
        : `cannot be read (${code ?? String(cause)})`,
    );
  }
  if (bytes.length > MAX_BYTES) return fail(`is ${bytes.length} bytes; a contract has at most ${MAX_BYTES}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("is not UTF-8 text");
  }
}
