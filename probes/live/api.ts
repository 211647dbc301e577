import { setTimeout as wait } from "node:timers/promises";
import { timeLimit } from "../../http/time-limit.ts";
import { request } from "undici";
import type { Dispatcher } from "undici";
import type { Collection } from "./collections.ts";

export interface ApiOptions {
  readonly project: string;
  readonly region: string;
  readonly token: string;
  /** Stands in for `https://HOST` of every API, as `http://127.0.0.1:PORT`; undefined: Google. */
  readonly api?: string;
  /** Longest time for one answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** First pause before a call is made again; it doubles. */
  readonly pauseMs?: number;
}

/** Why a list could not be had. */
export class ApiError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ApiError";
  }
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** Longest pause that `Retry-After` may ask for. */
const MAX_PAUSE_MS = 10_000;
/** A list with more pages does not end. */
const MAX_PAGES = 200;
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * All resources of a list, page by page.
 * @throws ApiError where there is no whole list: refused, not there, unreachable, slow, or not what the API documents.
 */
export async function listAll(collection: Collection, options: ApiOptions): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  let page: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const url = urlOf(collection, options, page);
    const answer = await answered(url, collection, options);
    const items = answer[collection.items] ?? [];
    if (!Array.isArray(items) || !items.every(isRecord))
      throw new ApiError(`${url.pathname} answered ${collection.items} that is no list of resources`);
    found.push(...items);
    const next = answer["nextPageToken"];
    if (next === undefined || next === "") return found;
    if (typeof next !== "string" || seen.has(next))
      throw new ApiError(`${url.pathname} names a next page that is none`);
    seen.add(next);
    page = next;
  }
  throw new ApiError(`${collection.path} has more than ${MAX_PAGES} pages`);
}

function urlOf({ host, path }: Collection, { api, project, region }: ApiOptions, page: string | undefined): URL {
  const own = path.replace("{project}", encodeURIComponent(project)).replace("{region}", encodeURIComponent(region));
  const url = new URL(api === undefined ? `https://${host}${own}` : `${api}/${host}${own}`);
  if (page !== undefined) url.searchParams.set("pageToken", page);
  return url;
}

async function answered(url: URL, collection: Collection, options: ApiOptions): Promise<Record<string, unknown>> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await call(url, options);
    if ("body" in outcome) return outcome.body;
    const { status, reason, retryAfterMs } = outcome;
    const isPassing = status === undefined || status === 429 || status >= 500;
    if (!isPassing || attempt === ATTEMPTS || options.signal.aborted)
      throw new ApiError(`${url.pathname}: ${worded(status, reason, collection, options)}${times(attempt)}`);
    const pause = retryAfterMs ?? (options.pauseMs ?? FIRST_PAUSE_MS) * 2 ** (attempt - 1);
    await wait(Math.min(pause, MAX_PAUSE_MS), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

type Outcome =
  | { readonly body: Record<string, unknown> }
  | { readonly status?: number; readonly reason: string; readonly retryAfterMs?: number };

async function call(url: URL, { token, timeoutMs, signal }: ApiOptions): Promise<Outcome> {
  const own = timeLimit(signal, timeoutMs);
  try {
    const { statusCode, headers, body } = await request(url, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      signal: own.signal,
    });
    const text = await textOf(body);
    if (statusCode === 200) return parsed(text);
    const after = Number(headers["retry-after"]);
    return {
      status: statusCode,
      reason: messageOf(text),
      ...(Number.isFinite(after) &&
        after >= 0 &&
        headers["retry-after"] !== undefined && { retryAfterMs: after * 1000 }),
    };
  } catch (cause) {
    const error = cause as Error;
    const isLate = error.name === "TimeoutError";
    return { reason: isLate ? `no answer within ${timeoutMs / 1000} s` : error.message };
  } finally {
    own.release();
  }
}

async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): Outcome {
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body)) return { body };
  } catch {
    // Said below: what a proxy or a login page answers is no JSON either.
  }
  return { status: 200, reason: "the answer is no JSON object" };
}

/** What the API says of an error, in one line. */
function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === "string") return error.message.replace(/\s+/g, " ").slice(0, 300);
  } catch {
    // An error of something between us and the API.
  }
  return "no reason given";
}

function worded(
  status: number | undefined,
  reason: string,
  { permission }: Collection,
  { project }: ApiOptions,
): string {
  if (status === undefined || status === 200) return reason;
  const remedy: Readonly<Record<number, string>> = {
    401: "; the token is not valid or has expired: get another one",
    403: `; the caller needs ${permission} in ${project}, and the API has to be enabled there`,
    404: `; is ${project} the project, and its region right?`,
  };
  return `${status}, ${reason}${remedy[status] ?? ""}`;
}

function times(attempts: number): string {
  return attempts === 1 ? "" : ` (${attempts} attempts)`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
