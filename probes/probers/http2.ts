import { once } from "node:events";
import { connect } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import type { TLSSocket } from "node:tls";
import { cookieCrumbs } from "../../http/cookie-crumbs.ts";
import { hasHeader, linesOf, sameName, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { authorityOf } from "./authority.ts";
import { PhaseError, abortFailure } from "./failure.ts";
import { RULES_BROKEN, http2Wire } from "./http2-wire.ts";
import type { Http2Wire } from "./http2-wire.ts";
import { readPlainAnswer } from "./plain-answer.ts";
import { MAX_HEAD } from "./raw-answer.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";

/** One attempt on its way: what it needs at every step, and what it has seen so far. */
interface Course {
  readonly attempt: Attempt;
  readonly endpoint: Endpoint;
  readonly recording: Recording;
  readonly wire: Http2Wire;
  readonly ending: Ending;
  readonly signal: AbortSignal;
  seen: Partial<Observation>;
}

/**
 * Sends one plain GET over HTTP/2, on a TLS connection of its own that offers nothing else, and records what came back.
 * Redirects are recorded, not followed; a server that does not agree to HTTP/2 is a failure in `tls`. Never throws.
 */
export async function probeHttp2(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const wire = http2Wire();
  const recording = startRecording(attempt, endpoint, "http2", wire.open);
  if (signal.aborted) return recording.conclude({ failure: abortFailure(signal) });
  const course: Course = { attempt, endpoint, recording, wire, ending: endingOf(signal), signal, seen: {} };
  let session: ClientHttp2Session | undefined;
  try {
    if (endpoint.scheme === "http") throw new PhaseError("send", "HTTP/2 is spoken over TLS alone");
    await agree(course, recording.open() as TLSSocket);
    session = openSession(course);
    await follow(course, session);
  } catch (error) {
    course.seen = { ...course.seen, failure: recording.failure(error, signal) };
  } finally {
    course.ending.release();
    session?.destroy();
  }
  await wire.decode();
  return recording.conclude(course.seen);
}

/** What ends an attempt before its answer: the first of its errors, or the end of its time. */
interface Ending {
  readonly reached: Promise<never>;
  readonly reach: (error: Error) => void;
  readonly release: () => void;
}

function endingOf(signal: AbortSignal): Ending {
  let reach = (_error: Error): void => undefined;
  const reached = new Promise<never>((_, reject) => (reach = reject));
  // Nobody may be waiting any more.
  reached.catch(() => undefined);
  const abort = (): void => reach(new Error("the attempt was ended"));
  signal.addEventListener("abort", abort, { once: true });
  return { reached, reach, release: () => signal.removeEventListener("abort", abort) };
}

/** TLS with h2. A server that speaks another protocol ends the handshake, or completes it without a word (RFC 7301 §3.2). */
async function agree({ ending }: Course, socket: TLSSocket): Promise<void> {
  socket.on("error", (error: NodeJS.ErrnoException) =>
    ending.reach(error.code?.includes("NO_APPLICATION_PROTOCOL") === true ? noHttp2() : error),
  );
  socket.on("close", () => ending.reach(new Error("the server closed the connection without an answer")));
  await Promise.race([once(socket, "secureConnect"), ending.reached]);
  if (socket.alpnProtocol !== "h2") throw noHttp2();
}

function noHttp2(): PhaseError {
  return new PhaseError(
    "tls",
    "the server does not speak HTTP/2: its TLS handshake did not agree to h2 (ALPN, RFC 7301)",
  );
}

function openSession(course: Course): ClientHttp2Session {
  const { endpoint, wire, ending } = course;
  const session = connect(`https://${authorityOf(endpoint.host)}`, {
    createConnection: wire.stream,
    maxSendHeaderBlockLength: MAX_HEAD,
    maxHeaderListPairs: MAX_HEAD / 32,
    settings: { enablePush: false, maxHeaderListSize: MAX_HEAD },
  });
  session.on("remoteSettings", ({ enableConnectProtocol }) => {
    course.seen = { ...course.seen, extendedConnect: enableConnectProtocol === true };
  });
  return session.on("error", ending.reach);
}

async function follow(course: Course, session: ClientHttp2Session): Promise<void> {
  const { recording, ending, wire, signal } = course;
  const stream = request(session, course);
  const broken = (): Error => new Error(endWords(stream, wire));
  stream.on("error", () => ending.reach(broken())).on("close", () => ending.reach(broken()));
  const head = await Promise.race([headOf(stream), ending.reached]);
  recording.mark("head");
  const { error, ...read } = await readPlainAnswer({ ...head, body: stream }, signal);
  course.seen = { ...course.seen, ...read };
  const isCut = wire.ended() !== "whole" && (stream.closed || error === undefined);
  if (error === undefined && !isCut) recording.mark("body");
  else if (isSuccess(head.status)) throw isCut ? broken() : error;
}

/** Node's own words repeat values, which are secrets. */
function request(session: ClientHttp2Session, { attempt, endpoint }: Course): ClientHttp2Stream {
  try {
    return session.request(fieldsOf(attempt, endpoint), { endStream: true });
  } catch {
    throw new PhaseError("send", "the client library refuses to send this request");
  }
}

/** Lines of one name side by side, as Node takes them. Pages send cookies in pieces, and edges must join them (fact H30). */
function fieldsOf({ case: { client }, lines, target }: Attempt, { host }: Endpoint): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {
    ":method": "GET",
    ":scheme": "https",
    ":authority": authorityOf(host),
    ":path": target,
    ...(!hasHeader(lines, "user-agent") && { "user-agent": "headgate" }),
  };
  for (let rest = lines; rest[0] !== undefined; rest = withoutHeader(rest, rest[0][0])) {
    const name = rest[0][0].toLowerCase();
    const values = rest.filter(([own]) => sameName(own, name)).map(([, value]) => value);
    const sent = name === "cookie" && client === "browser" ? values.flatMap(cookieCrumbs) : values;
    fields[name] = sent.length === 1 ? sent[0]! : sent;
  }
  return fields;
}

/** The final head; interim ones come as another event and are passed over (RFC 9110 §15.2). */
function headOf(stream: ClientHttp2Stream): Promise<{ status: number; headers: HeaderLine[] }> {
  return new Promise((resolve) => {
    // Node gives the fields in their order beside the object; its types do not say so.
    stream.once("response", (...[{ ":status": status = 0 }, , raw]: [{ ":status"?: number }, number, string[]?]) => {
      const headers = linesOf(raw ?? []).filter(([name]) => !name.startsWith(":"));
      resolve({ status, headers });
    });
  });
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** RFC 9113 §7, by code. */
const ERROR_NAMES = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED"],
  ...["FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
  ...["INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
];

/** How a stream ended before its answer did: Node says CANCEL of one whose connection broke. */
function endWords({ rstCode = 0 }: ClientHttp2Stream, { ended }: Http2Wire): string {
  const name = ERROR_NAMES[rstCode] ?? String(rstCode);
  if (ended() === "reset") return `the server reset the stream with ${name}`;
  if (ended() === "refused") return RULES_BROKEN;
  if (ended() === "gone") return "the server sent GOAWAY";
  return "the server closed the connection without a whole answer";
}
