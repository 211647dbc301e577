import { readFileSync } from "node:fs";
import type { Contract } from "./contract.ts";
import { parseContract } from "./parse.ts";
import { ContractError } from "./problem.ts";

/** Largest contract that is read, in bytes. */
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * Reads and parses a contract file; `file` is also how messages name it.
 * @throws ContractError with every problem found, or with the reason why the file cannot be read.
 */
export function loadContract(file: string): Contract {
  const parsed = parseContract(readText(file), file);
  if ("problems" in parsed) throw new ContractError(parsed.problems);
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
