import type { Socket } from "node:net";
import { firstValue } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation, ObservedResponse } from "../facts/observation.ts";
import { EXCERPT, MAX_ANSWER, readBody, refusalLimits } from "./body.ts";
import { byteStream } from "./byte-stream.ts";
import type { ByteStream } from "./byte-stream.ts";
import { converse } from "./conversation.ts";
import { PhaseError, abortFailure } from "./failure.ts";
import { handshakeProblem } from "./handshake.ts";
import { bodyOf, readAnswer } from "./raw-answer.ts";
import type { Answer } from "./raw-answer.ts";
import { requestBytes } from "./raw-request.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";
import { closedEarly, readFirstMessage, readWitnessReport } from "./witness-answer.ts";

/** One attempt on its way: what it needs at every step, and what it has seen so far. */
interface Course {
  readonly attempt: Attempt;
  readonly recording: Recording;
  readonly socket: Socket;
  readonly stream: ByteStream;
  readonly signal: AbortSignal;
  seen: Partial<Observation>;
}

/**
 * Sends the attempt's lines byte for byte, as a plain GET or an upgrade, and reads the answer itself: for what the
 * client libraries refuse or silently alter. Never throws; redirects are recorded, not followed.
 */
export async function probeRaw(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint, "raw");
  let course: Course | undefined;
  try {
    if (signal.aborted) return recording.conclude({ failure: abortFailure(signal) });
    const bytes = requestBytes(attempt, endpoint);
    const socket = recording.open();
    const stream = byteStream(socket, endpoint.scheme === "https", signal);
    course = { attempt, recording, socket, stream, signal, seen: {} };
    await stream.ready();
    socket.write(bytes);
    await follow(course);
    return recording.conclude(course.seen);
  } catch (error) {
    return recording.conclude({ ...course?.seen, failure: recording.failure(error, signal) });
  } finally {
    course?.stream.release();
  }
}

async function follow(course: Course): Promise<void> {
  const answer = await readAnswer(course.stream);
  course.recording.mark("head");
  course.seen = { response: responseOf(answer, "") };
  if (course.attempt.case.protocol === "http") await readPlain(course, answer);
  else if (answer.head.status === 101) await readSocket(course, answer);
  else await readRefusal(course, answer);
}

async function readPlain(course: Course, answer: Answer): Promise<void> {
  const { status } = answer.head;
  if (status === 101) throw new PhaseError("response", "a plain GET was answered with 101");
  if (status < 200 || status > 299) return readRefusal(course, answer);
  const { bytes, error } = await readBody(bodyOf(course.stream, answer), { limit: MAX_ANSWER, signal: course.signal });
  const text = bytes.toString("utf8");
  const witness = error === undefined ? readWitnessReport(text) : undefined;
  const response = responseOf(answer, witness === undefined ? bytes.subarray(0, EXCERPT).toString("utf8") : "");
  course.seen = { response, ...(witness !== undefined && { witness }) };
  if (error === undefined) course.recording.mark("body");
  else course.seen = { ...course.seen, failure: course.recording.failure(error, course.signal) };
}

/** A refusal is known by its status: a body that stalls or breaks off changes nothing of it. */
async function readRefusal(course: Course, answer: Answer): Promise<void> {
  const limits = refusalLimits(course.signal, answer.head.status);
  const { bytes, error } = await readBody(bodyOf(course.stream, answer), limits);
  if (error === undefined) course.recording.mark("body");
  const witness = readWitnessReport(bytes.toString("utf8"));
  const excerpt = witness === undefined ? bytes.subarray(0, EXCERPT).toString("utf8") : "";
  course.seen = { response: responseOf(answer, excerpt), ...(witness !== undefined && { witness }) };
}

async function readSocket(course: Course, answer: Answer): Promise<void> {
  const { recording, socket, stream } = course;
  course.seen = { ...course.seen, subprotocol: firstValue(answer.head.headers, "sec-websocket-protocol") ?? "" };
  const problem = handshakeProblem(recording.sent() ?? [], answer.head);
  if (problem !== undefined) throw new PhaseError("handshake", problem);
  recording.mark("upgrade");
  const conversation = converse(socket, stream, { rest: answer.rest, limit: MAX_ANSWER });
  const first = await conversation.firstMessage();
  if ("close" in first) {
    recording.mark("close");
    course.seen = { ...course.seen, close: first.close };
    throw closedEarly(first.close);
  }
  recording.mark("firstMessage");
  course.seen = { ...course.seen, ...readFirstMessage(first.text) };
  const { close, isAnswered } = await conversation.close();
  if (isAnswered) recording.mark("close");
  course.seen = { ...course.seen, close };
}

function responseOf({ head }: Answer, body: string): ObservedResponse {
  return { status: head.status, headers: head.headers, body };
}
