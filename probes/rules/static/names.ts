/** Headers by which clients prove who they are. */
export const CREDENTIALS = ["authorization", "cookie", "x-serverless-authorization"] as const;

/** Headers without which, or with another value of which, a handshake fails or is no longer the client's own. */
export const HANDSHAKE = ["sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol"] as const;

/** Whether one of the names is meant, in any case. */
export function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name.trim().toLowerCase());
}

/** Headers that the load balancer itself writes about the client. */
export const FORWARDED = ["x-forwarded-for", "x-forwarded-proto"] as const;

/** What makes the answer to a handshake valid, and which subprotocol and extensions it selects. */
export const ANSWER = [
  "sec-websocket-accept",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "upgrade",
  "connection",
] as const;
