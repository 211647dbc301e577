import type { Page } from "playwright-core";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Observation } from "../facts/observation.ts";
import { readFirstMessage, readWitnessReport } from "./witness-answer.ts";

type Seen = Partial<Pick<Observation, "witness" | "failure" | "subprotocol">>;

/** The page opens a socket, waits for its first message and closes it. */
export async function openInPage(page: Page, url: string, protocols: readonly string[]): Promise<Seen> {
  const end = await page.evaluate(socketScript, { url, protocols: [...protocols] });
  if ("thrown" in end) return { failure: { phase: "send", message: `new WebSocket throws a ${end.thrown} in a page` } };
  if ("closed" in end)
    return { failure: { phase: "handshake", message: `the page's socket ended with ${end.closed} before a message` } };
  return { subprotocol: end.protocol, ...readFirstMessage(end.message) };
}

/** The page fetches a URL with its cookies and reads the body. */
export async function fetchInPage(page: Page, url: string, headers: readonly HeaderLine[]): Promise<Seen> {
  const end = await page.evaluate(fetchScript, {
    url,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
  if ("thrown" in end) return { failure: { phase: "response", message: `fetch fails in a page: ${end.thrown}` } };
  const witness = readWitnessReport(end.text);
  return witness === undefined ? {} : { witness };
}

type SocketEnd = { message: string; protocol: string } | { thrown: string } | { closed: number };

/** Runs in the page: it can refer to nothing of this file. */
function socketScript({ url, protocols }: { url: string; protocols: string[] }): Promise<SocketEnd> {
  return new Promise((resolve) => {
    try {
      const socket = new WebSocket(url, protocols);
      socket.onmessage = ({ data }) => {
        resolve({ message: String(data), protocol: socket.protocol });
        socket.close(1000);
      };
      socket.onclose = ({ code }) => resolve({ closed: code });
    } catch (error) {
      resolve({ thrown: (error as Error).name });
    }
  });
}

/** Runs in the page: it can refer to nothing of this file. */
async function fetchScript({
  url,
  headers,
}: {
  url: string;
  headers: [string, string][];
}): Promise<{ text: string } | { thrown: string }> {
  try {
    const response = await fetch(url, { headers, credentials: "include", redirect: "manual" });
    return { text: await response.text() };
  } catch (error) {
    return { thrown: (error as Error).message };
  }
}
