import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { Browser, CDPSession, Page } from "playwright-core";
import { hasHeader, listMembers, sameName, valuesOf } from "../../http/header-list.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { openTapped } from "./connect.ts";
import { PhaseError, failureOf } from "./failure.ts";
import { fetchInPage, openInPage } from "./chromium-page.ts";
import { unsentNames } from "./meant.ts";
import { grantLeave, watchNetwork } from "./chromium-network.ts";

/** Where Debian, Ubuntu and Google put the browser. */
const EXECUTABLES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
];

const INSTALL_CHROMIUM = "apt-get install --no-install-recommends chromium";

/** The browser or the library that drives it is not installed; the message says how to install it. */
export class ChromiumMissingError extends Error {}

/** A real browser that makes the requests of pages. */
export interface Chromium {
  /** Has a page make one attempt of a `browser` client. Never throws. */
  readonly probe: (attempt: Attempt, endpoint: Endpoint, signal: AbortSignal) => Promise<Observation>;
  readonly close: () => Promise<void>;
}

/**
 * Starts Chromium lazily: one for each place that is connected to, because that is a switch of the whole browser.
 * @throws ChromiumMissingError at once, when playwright-core or Chromium is not installed.
 */
export async function openChromium(): Promise<Chromium> {
  const launch = await launcher();
  const browsers = new Map<string, Promise<Browser>>();
  // Fails here rather than in the middle of a run.
  await (await launch([])).close();
  const browserFor = (endpoint: Endpoint): Promise<Browser> => {
    const switches = switchesFor(endpoint);
    const key = switches.join(" ");
    const known = browsers.get(key) ?? launch(switches);
    browsers.set(key, known);
    return known;
  };
  return {
    probe: (attempt, endpoint, signal) => probePage(attempt, endpoint, { signal, browserFor }),
    close: async () => {
      for (const browser of browsers.values()) await (await browser.catch(() => undefined))?.close();
    },
  };
}

/** A signal is the run's to answer: the library would end the process with a code of its own. */
const UNATTENDED = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const;

async function launcher(): Promise<(switches: readonly string[]) => Promise<Browser>> {
  const missing = (what: string, how: string): ChromiumMissingError =>
    new ChromiumMissingError(`${what} is not installed, and --client chromium needs it: ${how}`);
  const playwright = await import("playwright-core").catch(() => {
    throw missing("playwright-core", `npm install --save-dev playwright-core; ${INSTALL_CHROMIUM}`);
  });
  return async (switches) => {
    for (const executablePath of EXECUTABLES) {
      try {
        return await playwright.chromium.launch({ ...UNATTENDED, executablePath, args: [...switches] });
      } catch (error) {
        if (!/executable doesn't exist|ENOENT/i.test((error as Error).message)) throw error;
      }
    }
    throw missing("Chromium", INSTALL_CHROMIUM);
  };
}

/**
 * Where the edge's name leads, and the one key that vouches for it: Chromium has no other way to take a private
 * authority. Every other name leads nowhere, so that no request of the browser's own reaches the edge or anybody else.
 */
function switchesFor({ address, port, host, ca }: Endpoint): string[] {
  const isPinned = address !== host || port !== 443;
  const place = address.includes(":") ? `[${address}]` : address;
  return [
    `--host-resolver-rules=${isPinned ? `MAP ${host} ${place}:${port}` : `EXCLUDE ${host}`}, MAP * ~NOTFOUND`,
    ...(ca === undefined ? [] : [`--ignore-certificate-errors-spki-list=${keyHash(ca)}`]),
  ];
}

function keyHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

interface Course {
  readonly signal: AbortSignal;
  readonly browserFor: (endpoint: Endpoint) => Promise<Browser>;
}

async function probePage(attempt: Attempt, endpoint: Endpoint, { signal, browserFor }: Course): Promise<Observation> {
  const startedAt = performance.now();
  const base = { caseId: attempt.case.id, secure: endpoint.scheme === "https" };
  const end = (seen: Partial<Observation>): Observation => ({
    ...base,
    durationMs: performance.now() - startedAt,
    ...seen,
  });
  try {
    await verifyName(endpoint);
  } catch (error) {
    return end({ failure: failureOf(error, signal, "tls") });
  }
  try {
    const browser = await browserFor(endpoint);
    return end(await withinTime(signal, inPage(browser, attempt)));
  } catch (error) {
    return end({ failure: failureOf(error, signal, "firstByte") });
  }
}

/** A key that is trusted for itself is trusted under every name: who the edge says it is, is asked without the browser. */
async function verifyName(endpoint: Endpoint): Promise<void> {
  if (endpoint.scheme === "http" || endpoint.proxy !== undefined || endpoint.client !== undefined)
    throw new PhaseError("send", "a page is tried over TLS only, without a proxy and without a client certificate");
  const { socket } = openTapped(endpoint, () => undefined);
  try {
    await once(socket, "secureConnect");
  } finally {
    socket.destroy();
  }
}

async function withinTime<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(new Error("the attempt's time is over"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  // What is left behind ends by itself, with its page.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

async function inPage(browser: Browser, attempt: Attempt): Promise<Partial<Observation>> {
  const context = await browser.newContext({ permissions: ["local-network-access"] });
  try {
    const { host, page: own = host } = attempt.case;
    await context.addCookies(cookiesOf(attempt.lines, host));
    const page = await context.newPage();
    await openBlank(page, `https://${own}/`);
    const session = await context.newCDPSession(page);
    const jar = await context.cookies(`https://${host}${attempt.target}`);
    const cookies = jar.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ");
    return await send(page, session, { attempt, cookies });
  } finally {
    await context.close();
  }
}

/** Without an icon of its own the browser would ask the edge for one. */
const BLANK = '<!doctype html><link rel="icon" href="data:,">';

/** An empty document of the page's origin: served by nobody, so that nothing but the attempt itself is sent. */
async function openBlank(page: Page, url: string): Promise<void> {
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: BLANK }));
  await page.goto(url);
  await page.unroute(url);
}

interface Sending {
  readonly attempt: Attempt;
  /** What the jar has for the URL. */
  readonly cookies: string;
}

async function send(page: Page, session: CDPSession, { attempt, cookies }: Sending): Promise<Partial<Observation>> {
  const { protocol, host } = attempt.case;
  const network = await watchNetwork(session);
  await grantLeave(session, `https://${attempt.case.page ?? host}`);
  const seen =
    protocol === "websocket"
      ? await openInPage(page, `wss://${host}${attempt.target}`, offered(attempt.lines))
      : await fetchInPage(page, `https://${host}${attempt.target}`, settable(attempt.lines));
  const settled = await network.settled();
  const recorded = protocol === "websocket" ? withCookies(settled, cookies) : settled;
  const unsent = unsentNames(attempt.lines, recorded.sent ?? []);
  const failure =
    seen.failure ??
    (recorded.sent === undefined || unsent.length === 0
      ? undefined
      : ({ phase: "send", message: `the page did not put the planned ${unsent.join(", ")} on the wire` } as const));
  // A page never learns how its handshake was refused; the browser does.
  const { failure: _, ...rest } = seen;
  const isRefused = recorded.response !== undefined && recorded.response.status !== 101 && protocol === "websocket";
  return { ...recorded, ...rest, ...(failure !== undefined && !isRefused && { failure }) };
}

/** The browser tells every line of a handshake but its cookies: those are what its jar has for the URL. */
function withCookies<Recorded extends { readonly sent?: HeaderList }>(recorded: Recorded, cookies: string): Recorded {
  const { sent } = recorded;
  if (sent === undefined || cookies === "" || hasHeader(sent, "cookie")) return recorded;
  return { ...recorded, sent: [...sent, ["Cookie", cookies]] };
}

function offered(lines: HeaderList): string[] {
  return listMembers(valuesOf(lines, "sec-websocket-protocol"));
}

/** What the page sets itself; origin and cookies are the browser's. */
function settable(lines: HeaderList): HeaderLine[] {
  return lines.filter(([name]) => !sameName(name, "origin") && !sameName(name, "cookie"));
}

function cookiesOf(lines: HeaderList, host: string) {
  return valuesOf(lines, "cookie")
    .flatMap((value) => value.split(";").map((pair) => pair.trim()))
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const name = at === -1 ? "" : pair.slice(0, at);
      return { name, value: pair.slice(at + 1), domain: host, path: "/", secure: true, sameSite: "Lax" as const };
    });
}
