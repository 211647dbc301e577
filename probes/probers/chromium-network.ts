import type { CDPSession } from "playwright-core";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Observation } from "../facts/observation.ts";

type Recorded = Partial<Pick<Observation, "sent" | "response">>;

/** Longest time for which the browser's own words on a request are waited for, in milliseconds. */
const SETTLE_MS = 1000;

/** What the browser says it put on the wire, and what came back: of the one request that a page makes. */
export async function watchNetwork(session: CDPSession): Promise<{ readonly settled: () => Promise<Recorded> }> {
  let recorded: Recorded = {};
  let wake = (): void => undefined;
  const note = (more: Recorded): void => {
    recorded = { ...recorded, ...more };
    if (recorded.sent !== undefined && recorded.response !== undefined) wake();
  };
  session.on("Network.webSocketWillSendHandshakeRequest", ({ request }) => note({ sent: linesOf(request.headers) }));
  session.on("Network.webSocketHandshakeResponseReceived", ({ response }) =>
    note({ response: { status: response.status, headers: linesOf(response.headers), body: "" } }),
  );
  session.on("Network.webSocketFrameError", ({ errorMessage }) => {
    const status = /Unexpected response code: (\d{3})/.exec(errorMessage)?.[1];
    if (status !== undefined) note({ response: { status: Number(status), headers: [], body: "" } });
  });
  session.on("Network.requestWillBeSentExtraInfo", ({ headers }) => note({ sent: linesOf(headers) }));
  session.on("Network.responseReceivedExtraInfo", ({ statusCode, headers }) =>
    note({ response: { status: statusCode, headers: linesOf(headers), body: "" } }),
  );
  await session.send("Network.enable");
  return {
    settled: async () => {
      if (recorded.sent === undefined || recorded.response === undefined)
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, SETTLE_MS);
        });
      return recorded;
    },
  };
}

/**
 * Gives every page leave to send and to read: the witness answers no preflight and grants no origin anything, and what a
 * page puts on the wire does not depend on it.
 */
export async function grantLeave(session: CDPSession, origin: string): Promise<void> {
  const granted = [
    { name: "Access-Control-Allow-Origin", value: origin },
    { name: "Access-Control-Allow-Credentials", value: "true" },
  ];
  session.on(
    "Fetch.requestPaused",
    ({ requestId, request, responseStatusCode, responseHeaders, responseErrorReason }) => {
      const go = (): Promise<unknown> => {
        if (responseErrorReason !== undefined) return session.send("Fetch.continueRequest", { requestId });
        if (request.method === "OPTIONS" && responseStatusCode === undefined) {
          const wanted = request.headers["Access-Control-Request-Headers"] ?? "";
          const headers = [...granted, { name: "Access-Control-Allow-Headers", value: wanted }];
          return session.send("Fetch.fulfillRequest", { requestId, responseCode: 204, responseHeaders: headers });
        }
        if (responseStatusCode === undefined) return session.send("Fetch.continueRequest", { requestId });
        const headers = [...(responseHeaders ?? []), ...granted];
        return session.send("Fetch.continueResponse", {
          requestId,
          responseCode: responseStatusCode,
          responseHeaders: headers,
        });
      };
      // A page that is closed meanwhile has nothing to go on with.
      void go().catch(() => undefined);
    },
  );
  const patterns = (["Request", "Response"] as const).map((requestStage) => ({ urlPattern: "*", requestStage }));
  await session.send("Fetch.enable", { patterns });
}

/** Names and values; several lines of one name are one text with line ends. HTTP/2 writes the host as `:authority`. */
function linesOf(headers: Readonly<Record<string, string>>): HeaderLine[] {
  return Object.entries(headers).flatMap(([name, values]) => {
    const own = name === ":authority" ? "host" : name;
    return own.startsWith(":") ? [] : values.split("\n").map((value): HeaderLine => [own, value]);
  });
}
