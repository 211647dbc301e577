import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  MAX_NONCE,
  MIN_KEY,
  SIGNATURE_HEADER,
  SIGNATURE_QUERY,
  WITNESS_SCHEMA,
  verify,
} from "../../contract/probe-protocol.ts";
import type { SignedClaim, WitnessReport } from "../../contract/probe-protocol.ts";
import { linesOf, valuesOf } from "../../http/header-list.ts";
import { nonceMemory } from "./nonces.ts";

export interface TestimonyOptions {
  /** What the witness says it is: a service of the contract. */
  readonly service: string;
  /** Key of the signature that opens it, 16 characters or more; without one it answers nobody. */
  readonly key: string | undefined;
  /** What it says it is a revision of; on Cloud Run `K_REVISION`. Default `unknown`. */
  readonly revision?: string | undefined;
  readonly image?: string | undefined;
  /** Clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** `stranger`: not signed, not rightly, not in time, or not for the first time, which are not to be told apart. */
export type Hearing =
  | { readonly kind: "stranger" }
  | { readonly kind: "full" }
  | { readonly kind: "heard"; readonly report: WitnessReport };

const STRANGER: Hearing = { kind: "stranger" };
const HEADER = SIGNATURE_HEADER.toLowerCase();

/** Why a witness with this key answers nobody; undefined when it does. */
export function whyClosed(key: string | undefined): string | undefined {
  if (typeof key !== "string" || key === "") return "it has no key";
  return key.length < MIN_KEY ? `its key is shorter than ${MIN_KEY} characters` : undefined;
}

/** What the witness has to say about a request: a report, once for each of `maxNonces` signatures that are good. */
export function testimony(options: TestimonyOptions, maxNonces: number): (request: IncomingMessage) => Hearing {
  const { service, key = "", revision = "unknown", image = null, now = Date.now } = options;
  if (whyClosed(key) !== undefined) return () => STRANGER;
  const identity = { service, revision, image, instance: randomUUID(), startedAt: new Date().toISOString() };
  const remember = nonceMemory(maxNonces);
  return (request) => {
    const claim = claimOf(request, key, now());
    if (claim === undefined) return STRANGER;
    const verdict = remember(claim.nonce, claim.expiresAt, now());
    if (verdict === "full") return { kind: "full" };
    return verdict === "used" ? STRANGER : { kind: "heard", report: reportOn(request, claim, identity) };
  };
}

function claimOf(request: IncomingMessage, key: string, now: number): SignedClaim | undefined {
  const token = tokenOf(request);
  const claim = token === undefined ? undefined : verify(token, key, now);
  return claim === undefined || claim.nonce.length > MAX_NONCE ? undefined : claim;
}

/** The one token of a request: in the header, in the query, or the same one in both. An empty one is none. */
function tokenOf({ headers, rawHeaders, url = "" }: IncomingMessage): string | undefined {
  if (headers[HEADER] === undefined && !url.includes(SIGNATURE_QUERY)) return undefined;
  const inHeader = valuesOf(linesOf(rawHeaders), SIGNATURE_HEADER);
  const inQuery = new URLSearchParams(url.split("?").slice(1).join("?")).getAll(SIGNATURE_QUERY);
  if (inHeader.length > 1 || inQuery.length > 1) return undefined;
  const [token, ...other] = [...inHeader, ...inQuery].filter((each) => each !== "");
  return other.every((each) => each === token) ? token : undefined;
}

type Identity = Pick<WitnessReport, "service" | "revision" | "image" | "instance" | "startedAt">;

function reportOn(request: IncomingMessage, { nonce }: SignedClaim, identity: Identity): WitnessReport {
  const { method = "", httpVersion, rawHeaders } = request;
  return {
    schema: WITNESS_SCHEMA,
    nonce,
    ...identity,
    method,
    target: targetOf(request),
    httpVersion,
    headers: linesOf(rawHeaders),
  };
}

/** Express cuts the path that a handler is mounted at off `url`, and keeps what arrived. */
function targetOf(request: IncomingMessage): string {
  const { originalUrl } = request as { originalUrl?: unknown };
  return typeof originalUrl === "string" ? originalUrl : (request.url ?? "");
}
