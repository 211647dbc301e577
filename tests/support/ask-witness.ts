import { SIGNATURE_HEADER } from "../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../contract/probe-protocol.ts";
import { valuesOf } from "../../http/header-list.ts";
import { signature } from "./attempt-fixture.ts";
import { rawClient } from "./raw-sockets.ts";

/** The header line that opens a witness. */
export const signedLine = (token = signature()): string => `${SIGNATURE_HEADER}: ${token}`;

/** The status of the answer to these bytes, and its body. */
export async function answerTo(port: number, bytes: string): Promise<{ status: number; text: string }> {
  const client = await rawClient(port);
  client.send(bytes);
  const head = await client.responseHead();
  const bytesOfBody = await client.take(Number(valuesOf(head.headers, "content-length")[0] ?? 0));
  const text = Buffer.from(bytesOfBody, "latin1").toString("utf8");
  client.socket.destroy();
  return { status: head.status, text };
}

/** The status alone. */
export const statusOf = async (port: number, bytes: string): Promise<number> => (await answerTo(port, bytes)).status;

/** The same with the report in it. */
export async function ask(
  port: number,
  bytes: string,
): Promise<{ status: number; text: string; report: WitnessReport }> {
  const { status, text } = await answerTo(port, bytes);
  return { status, text, report: (text === "" ? undefined : JSON.parse(text)) as WitnessReport };
}
