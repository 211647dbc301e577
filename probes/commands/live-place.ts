import { readFileSync } from "node:fs";
import type { Pinned } from "../facts/target.ts";
import { UsageError } from "./context.ts";

/**
 * Where to connect in place of what the names resolve to.
 * @param given the option as it was written, for the error.
 * @throws UsageError for what is no address.
 */
export function pinnedAt(text: string, given: string): Pinned {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.pathname !== "/")
    throw new UsageError(
      `${given} is not an address to connect to; write http://ADDRESS:PORT or https://ADDRESS:PORT (the hosts come from the contract)`,
    );
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = url.port === "" ? (scheme === "http" ? 80 : 443) : Number(url.port);
  return { scheme, address: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/** PEM of a private authority. @throws UsageError for a file that cannot be read. */
export function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read the certificate authority ${file}: ${(cause as Error).message}`);
  }
}
