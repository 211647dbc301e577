import { SIGNATURE_HEADER, SIGNATURE_QUERY, sign } from "../../contract/probe-protocol.ts";
import { fillTemplate, variablesOf } from "../../contract/template.ts";
import type { Attempt, Case, PlannedHeader } from "../facts/case.ts";
import { NONCE } from "./plan.ts";

export interface Mint {
  /** Draws a fresh text of `bytes` random bytes, hexadecimal. */
  readonly random: (bytes: number) => string;
  /** Key that opens the witness. */
  readonly key: string;
  /** Milliseconds since the epoch at which the signature runs out. */
  readonly expiresAt: number;
  /** A real credential, shared by all requests; undefined: a canary is drawn for each header and request. */
  readonly token?: string;
}

const JWT_HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");

/** Case → what a prober is to send, with a fresh nonce and fresh canaries. */
export function mintAttempt(planned: Case, mint: Mint): Attempt {
  const nonce = mint.random(8);
  const signature = sign(
    { environment: planned.env, route: planned.route, nonce, expiresAt: mint.expiresAt },
    mint.key,
  );
  const minted = planned.headers.map((header) => mintHeader(header, mint));
  const path = planned.path.replace(NONCE, nonce);
  // A page cannot set a header on an upgrade, so there the signature travels in the URL.
  const inQuery = planned.client === "browser" && planned.protocol === "websocket";
  return {
    case: planned,
    nonce,
    target: inQuery ? `${path}?${SIGNATURE_QUERY}=${signature}` : path,
    lines: [
      ...(planned.client === "browser" && planned.protocol === "websocket"
        ? [["Origin", `https://${planned.host}`] as const]
        : []),
      ...minted.map(({ name, value }) => [name, value] as const),
      ...(inQuery ? [] : [[SIGNATURE_HEADER, signature] as const]),
    ],
    canaries: Object.fromEntries(minted.map(({ id, canaries }) => [id, canaries])),
    credentials: minted.flatMap(({ secrets }) => secrets),
    secrets: [signature, ...minted.flatMap(({ secrets }) => secrets)],
  };
}

interface MintedHeader {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly canaries: readonly string[];
  readonly secrets: readonly string[];
}

function mintHeader({ id, name, send }: PlannedHeader, mint: Mint): MintedHeader {
  const canary = `headgate-canary-${mint.random(12)}`;
  if (send === undefined) return { id, name, value: canary, canaries: [canary], secrets: [canary] };
  const token = mint.token ?? syntheticToken(mint.random);
  const values = { token, "token:base64url": Buffer.from(token).toString("base64url"), nonce: mint.random(8) };
  const variables = variablesOf(send).filter((variable): variable is keyof typeof values => variable in values);
  const value = fillTemplate(send, values);
  const own = variables.map((variable) => values[variable]);
  // A literal has nothing of its own: the whole value is what must or must not be seen.
  return {
    id,
    name,
    value,
    canaries: own.length > 0 ? own : [value],
    secrets: own.length > 0 ? [token, values["token:base64url"], ...own] : [],
  };
}

/** A text with the shape of a JSON Web Token and the rights of none: random claims, random signature. */
function syntheticToken(random: (bytes: number) => string): string {
  const claims = Buffer.from(JSON.stringify({ sub: "headgate-canary", jti: random(12) })).toString("base64url");
  return `${JWT_HEADER}.${claims}.${Buffer.from(random(32), "hex").toString("base64url")}`;
}
