import { readFileSync } from "node:fs";
import type { ClientCertificate, ForwardProxy } from "../facts/case.ts";
import type { Transport } from "../facts/target.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

export interface TransportOptions {
  /** Files of the client's certificate and its key, PEM. */
  readonly clientCert?: string;
  readonly clientKey?: string;
}

/** Client certificate from the options, proxy from the environment: `HTTPS_PROXY` and `NO_PROXY`, small letters first. */
export function transportOf(options: TransportOptions, { env }: CommandContext): Transport {
  const client = clientOf(options);
  const proxy = proxyOf(env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "");
  const noProxy = env["no_proxy"] ?? env["NO_PROXY"];
  return {
    ...(client !== undefined && { client }),
    ...(proxy !== undefined && { proxy }),
    ...(noProxy !== undefined && { noProxy }),
  };
}

function clientOf({ clientCert, clientKey }: TransportOptions): ClientCertificate | undefined {
  if (clientCert === undefined && clientKey === undefined) return undefined;
  if (clientCert === undefined || clientKey === undefined)
    throw new UsageError("a client certificate has two parts: give both --client-cert FILE and --client-key FILE");
  return { certificate: readPem(clientCert), key: readPem(clientKey) };
}

/** The file's own words are never shown: it may be a key. */
function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${(cause as Error).message}`);
  }
}

function proxyOf(text: string): ForwardProxy | undefined {
  if (text === "") return undefined;
  const written = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  // The value may hold a password, so it is not repeated.
  if (url === undefined || url.protocol !== "http:" || url.hostname === "")
    throw new UsageError("HTTPS_PROXY is not the address of an HTTP proxy; write http://HOST:PORT");
  return {
    address: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    ...(url.username !== "" && { authorization: basic(url) }),
  };
}

function basic({ username, password }: URL): string {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
