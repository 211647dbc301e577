import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestHead } from "../../http/head.ts";
import { firstValue, hasHeader, withoutHeader } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import { SIGNATURE_HEADER, SIGNATURE_QUERY } from "../../contract/probe-protocol.ts";
import type { RawPeer } from "./raw-sockets.ts";
import { acceptOf, closeFrame, frame, switching } from "./websocket-bytes.ts";

export const KEY = "key-of-the-live-witness";

/** The contract of the service that the hostile witness says it is. */
export const CONTRACT = `version: 1
name: hostile
environments: { staging: { project: example-hostile, region: us-central1, domain: example.com } }
headers:
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  session-token: { name: Sec-WebSocket-Protocol, send: "jwt-auth, jwt.\${token:base64url}", arrives: unchanged, answer: jwt-auth }
  tenant: { name: X-Tenant, send: "tenant-\${nonce}", arrives: unchanged }
services: { app: { timeout: 3600s } }
routes:
  - host: api.\${domain}
    paths: [/ws]
    service: app
    protocol: websocket
    headers: [authorization, session-token, tenant]
`;

/** Everything that moves a cursor, sets a link or a title, or turns text around. */
export const EVIL =
  "\u001b[2J\u001b]8;;https://example.com\u0007x\u001b]0;t\u0007\r\n\u0000\u0008\u007f\u0085\u009b31m\u061c\u200e\u202e\u2066\u2028";

/** The same as a header value may hold it on the wire: no line end and no NUL, in bytes. */
export const EVIL_BYTES = Buffer.from(EVIL.replace(/[\r\n\0]/g, ""), "utf8").toString("latin1");

/** True for what may stand in an output: no control character but the line end, and no mark that turns text around. */
export const isPrintedRaw = (output: string): boolean =>
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(output);

/** What a true witness would say of this request, with `more` in the place of it. */
export function reportOf(head: RequestHead, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    schema: "headgate-witness/1",
    nonce: nonceOf(head),
    service: "app",
    revision: "r",
    image: null,
    instance: "i",
    startedAt: "",
    method: head.method,
    target: head.target,
    httpVersion: "1.1",
    headers: behindEdge(head),
    ...more,
  });
}

/** The lines that an edge hands on: those of the client's connection end there (fact H5). */
export function behindEdge({ headers }: RequestHead): HeaderList {
  return ["te", "keep-alive", "trailer", "proxy-authorization"].reduce<HeaderList>(withoutHeader, headers);
}

/** The claim stands in clear text in the signature. */
export function nonceOf({ headers, target }: RequestHead): string {
  const inQuery = new URL(target, "http://x").searchParams.get(SIGNATURE_QUERY);
  const [payload = ""] = (firstValue(headers, SIGNATURE_HEADER) ?? inQuery ?? "").split(".");
  const claim = JSON.parse(Buffer.from(payload, "base64url").toString("utf8") || "[]") as (string | undefined)[];
  return claim[2] ?? "";
}

export interface Lies {
  readonly report?: (head: RequestHead) => string;
  /** Reason phrase, and lines, of the answer. */
  readonly statusText?: string;
  readonly lines?: readonly string[];
  readonly subprotocol?: string;
  /** Takes the place of the first message. */
  readonly firstFrames?: (head: RequestHead) => string | Buffer;
}

/** Answers plain requests and upgrades as a witness does, but for its lies. */
export async function answerWithLies(peer: RawPeer, lies: Lies): Promise<void> {
  const head = await peer.requestHead();
  const { report = reportOf, statusText = "OK", lines = [], subprotocol = "jwt-auth" } = lies;
  if (!hasHeader(head.headers, "upgrade")) {
    const body = Buffer.from(report(head));
    const start = [`HTTP/1.1 200 ${statusText}`, `Content-Length: ${body.length}`, ...lines, "\r\n"].join("\r\n");
    peer.send(Buffer.concat([Buffer.from(start, "latin1"), body]));
    return;
  }
  peer.send(switched(head, subprotocol, lines).replace("Switching Protocols", statusText));
  peer.send(lies.firstFrames?.(head) ?? frame(Buffer.from(report(head)).toString("latin1")));
  peer.send(closeFrame(1000));
}

/** A 101 that selects a subprotocol from a client that offers some. */
export function switched(head: RequestHead, subprotocol = "jwt-auth", lines: readonly string[] = []): string {
  const offers = hasHeader(head.headers, "sec-websocket-protocol");
  return switching(acceptOf(head), [...(offers ? [`Sec-WebSocket-Protocol: ${subprotocol}`] : []), ...lines]);
}

/** The most memory that a child ever had, in bytes; read from the kernel while it lives. */
export function peakMemory(child: ChildProcess): () => number {
  let peak = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, 20);
  child.once("exit", () => clearInterval(timer));
  return () => peak;
}
