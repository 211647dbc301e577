import { SIGNATURE_HEADER, SIGNATURE_QUERY, sign } from "../../contract/probe-protocol.ts";
import { carriesToken, fillTemplate, variablesOf } from "../../contract/template.ts";
import type { TemplateVariable } from "../../contract/template.ts";
import { hasHeader, listMembers, sameName, trimBlanks, valuesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Case, PlannedHeader } from "../facts/case.ts";
import { subprotocolProblem } from "./client-abilities.ts";
import { NONCE } from "./plan.ts";
import { offeredLines, triedLines } from "./trial-headers.ts";

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

const SUBPROTOCOLS = "Sec-WebSocket-Protocol";
const JWT_HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");

/** Case → what a prober is to send, with a fresh nonce and fresh canaries. */
export function mintAttempt(planned: Case, mint: Mint): Attempt {
  const nonce = mint.random(8);
  const signature = sign(
    { environment: planned.env, route: planned.route, nonce, expiresAt: mint.expiresAt },
    mint.key,
  );
  const minted = mintHeaders(planned, mint);
  const { lines: triedLines, tried } = mintTrial(planned, minted, mint);
  const path = planned.path.replace(NONCE, nonce);
  // A page cannot set a header on an upgrade, and with fetch it would ask for leave first: its signature is in the URL.
  const inQuery = planned.client === "browser";
  const lines = [
    ...originOf(planned),
    ...minted.flatMap(({ name, values }) => values.map((value) => [name, value] as const)),
    ...triedLines,
    ...(inQuery ? [] : [[SIGNATURE_HEADER, signature] as const]),
  ];
  const credentials = [...minted.flatMap(({ secrets }) => secrets), ...tried.map(({ canary }) => canary)];
  const impossible = impossibleFor(planned, lines);
  return {
    case: planned,
    nonce,
    target: inQuery ? `${path}?${SIGNATURE_QUERY}=${signature}` : path,
    lines,
    canaries: Object.fromEntries(minted.map(({ id, canaries }) => [id, canaries])),
    ...(tried.length > 0 && { tried }),
    ...(impossible !== undefined && { impossible }),
    credentials,
    secrets: [signature, ...credentials],
  };
}

/** A page's origin goes along on every upgrade, and with fetch where it sends to another origin (facts B1, W12). */
function originOf({ client, protocol, host, page = host }: Case): HeaderLine[] {
  const isSent = client === "browser" && (protocol === "websocket" || page !== host);
  return isSent ? [["Origin", `https://${page}`]] : [];
}

function impossibleFor({ client, protocol }: Case, lines: readonly HeaderLine[]): string | undefined {
  if (client !== "browser" || protocol !== "websocket" || !hasHeader(lines, SUBPROTOCOLS)) return undefined;
  return subprotocolProblem(valuesOf(lines, SUBPROTOCOLS).flatMap((list) => list.split(",").map(trimBlanks)));
}

function mintHeaders({ headers, trial, answer }: Case, mint: Mint): MintedHeader[] {
  return headers.map((header) => {
    if (trial?.kind === "headroom" && carriesToken(header.send)) return mintDoubled(header, mint);
    const minted = mintHeader(header, mint);
    if (trial?.kind !== "subprotocols" || !sameName(header.name, SUBPROTOCOLS)) return minted;
    const draw = (): string => drawCanary(mint);
    return { ...minted, values: offeredLines(listMembers(minted.values), answer, { ...trial, draw }) };
  });
}

function mintTrial({ trial }: Case, minted: readonly MintedHeader[], mint: Mint): ReturnType<typeof triedLines> {
  if (trial?.kind === "platform") return triedLines(trial, () => drawCanary(mint));
  const doubled = minted.filter(({ isDoubled }) => isDoubled === true);
  const tried = doubled.map(({ name, canaries }) => ({ name, role: "doubled" as const, canary: canaries[0]! }));
  return { lines: [], tried };
}

interface MintedHeader {
  readonly id: string;
  readonly name: string;
  /** One a line. */
  readonly values: readonly string[];
  readonly canaries: readonly string[];
  readonly isDoubled?: true;
  readonly secrets: readonly string[];
}

function drawCanary({ random }: Mint): string {
  return `headgate-canary-${random(12)}`;
}

/** The value in twice its size: the token in it grows by as much as the whole value has. */
function mintDoubled(header: PlannedHeader, mint: Mint): MintedHeader {
  const token = mint.token ?? syntheticToken(mint.random);
  const size = fillTemplate(header.send ?? "", valuesFor(token, "0".repeat(16))).length;
  // A real credential is not made longer: a canary of that size stands in for it.
  const long = `${syntheticToken(mint.random)}${mint.random(size)}`.padEnd(token.length + size, "0");
  return { ...mintHeader(header, { ...mint, token: long.slice(0, token.length + size) }), isDoubled: true };
}

function mintHeader({ id, name, send }: PlannedHeader, mint: Mint): MintedHeader {
  const canary = drawCanary(mint);
  if (send === undefined) return { id, name, values: [canary], canaries: [canary], secrets: [canary] };
  const token = mint.token ?? syntheticToken(mint.random);
  const values = valuesFor(token, mint.random(8));
  const variables = variablesOf(send).filter((variable): variable is keyof typeof values => variable in values);
  const value = fillTemplate(send, values);
  const own = variables.map((variable) => values[variable]);
  // A literal has nothing of its own: the whole value is what must or must not be seen.
  return {
    id,
    name,
    values: [value],
    canaries: own.length > 0 ? own : [value],
    secrets: own.length > 0 ? [token, values["token:base64url"], ...own] : [],
  };
}

function valuesFor(token: string, nonce: string): Record<TemplateVariable, string> {
  return { token, "token:base64url": Buffer.from(token).toString("base64url"), nonce };
}

/** A text with the shape of a JSON Web Token and the rights of none: random claims, random signature. */
function syntheticToken(random: (bytes: number) => string): string {
  const claims = Buffer.from(JSON.stringify({ sub: "headgate-canary", jti: random(12) })).toString("base64url");
  return `${JWT_HEADER}.${claims}.${Buffer.from(random(32), "hex").toString("base64url")}`;
}
