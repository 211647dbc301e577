import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import type { Endpoint } from "../facts/case.ts";
import { PhaseError } from "./failure.ts";

const contexts = new Map<string, SecureContext>();

/**
 * One context for each authority and client certificate: building one for each connection costs a third of the
 * handshake.
 * @throws PhaseError when a PEM cannot be read.
 */
export function contextFor({ ca, client }: Pick<Endpoint, "ca" | "client">): SecureContext {
  const key = JSON.stringify([ca, client?.certificate, client?.key]);
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const context = createContext({ ca, client });
  contexts.set(key, context);
  return context;
}

function createContext({ ca, client }: Pick<Endpoint, "ca" | "client">): SecureContext {
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(client !== undefined && { cert: client.certificate, key: client.key }),
    });
  } catch (cause) {
    const what =
      client === undefined ? "authority's certificate" : "authority's or the client's certificate, or its key,";
    throw new PhaseError("tls", `the ${what} cannot be used: ${(cause as Error).message}`);
  }
}

/** How many contexts this process has made: exactly one for each distinct authority and client certificate. */
export function contextsMade(): number {
  return contexts.size;
}
