import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstValue, hasHeader, listMembers, valuesOf } from "../../http/header-list.ts";
import { buildEdgeModel } from "../../probes/model/build.ts";
import type { Attempt } from "../../probes/facts/case.ts";
import type { Observation } from "../../probes/facts/observation.ts";
import type { Target } from "../../probes/facts/target.ts";
import { subprotocolProblem } from "../../probes/plan/client-abilities.ts";
import { mintAttempt } from "../../probes/plan/mint.ts";
import { planCases } from "../../probes/plan/plan.ts";
import { openChromium } from "../../probes/probers/chromium.ts";
import type { Chromium } from "../../probes/probers/chromium.ts";
import { probeAll } from "../../probes/probers/probe-all.ts";
import { emulatedTarget } from "../../probes/targets/emulated.ts";
import { readCdktfOut } from "../../probes/terraform/read-cdktf-out.ts";
import { REFERENCE, contractOf, edit, environmentOf, steadyMint } from "../support/builders.ts";
import { headgate, run } from "../support/cli.ts";
import { isMissing } from "../support/foreign-tools.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";

const contract = contractOf(REFERENCE);
/** One credential for all requests, so that they can be held against each other; a witness opens once for each. */
const mint = steadyMint({ token: "header.claims-of-a-test.signature" });
const planned = planCases(contract, environmentOf(contract)).filter(({ client }) => client === "browser");
const attemptOf = (protocol: string, path: string): Attempt =>
  mintAttempt(
    planned.find((each) => each.protocol === protocol && each.path === path)!,
    mint,
  );

/** What a page decides, and what it cannot. Everything else of a request is the browser's own. */
const OF_THE_PROFILE = ["origin", "cookie", "sec-websocket-protocol", "authorization", "x-user-id", "x-e2e-bypass"];
/** Chromium writes a blank behind the commas of the list, the profile's library does not: the entries are the same. */
const profileOf = ({ witness }: Observation): Record<string, string[]> =>
  Object.fromEntries(OF_THE_PROFILE.map((name) => [name, listMembers(valuesOf(witness?.headers ?? [], name))]));

describe.skipIf(isMissing("chromium"))("a page in Chromium", () => {
  let target: Target;
  let chromium: Chromium;
  beforeAll(async () => {
    const model = buildEdgeModel(readCdktfOut(referenceSynth()).find(({ name }) => name === "staging")!);
    const services = model.services.map(({ address, label }) => ({
      address,
      name: label ?? address,
      subprotocols: ["jwt-auth"],
    }));
    target = await emulatedTarget(model, { key: mint.key, services });
    chromium = await openChromium();
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await target.close();
  });

  const signal = AbortSignal.timeout(600_000);
  const byPage = (attempt: Attempt): Promise<Observation> =>
    chromium.probe(attempt, target.endpointFor(attempt.case), signal);
  const byProfile = async (attempt: Attempt): Promise<Observation> => {
    const one = { attempt, endpoint: target.endpointFor(attempt.case) };
    return (await probeAll([one], { timeoutMs: 20_000, concurrency: 1, signal }))[0]!;
  };

  it("is what the plan has browser cases for", () => {
    expect(planned.map(({ protocol, path }) => `${protocol} ${path}`)).toEqual(
      ["/ws", "/ws/", "/ws/${nonce}"].flatMap((path) => [`websocket ${path}`, `http ${path}`]),
    );
  });

  it.each([
    ["websocket", "/ws"],
    ["websocket", "/ws/${nonce}"],
    ["http", "/ws"],
  ])("makes the %s request to %s that the profile makes, as the service sees it", async (protocol, path) => {
    const attempt = attemptOf(protocol, path);
    const [page, profile] = [await byPage(attempt), await byProfile(attemptOf(protocol, path))];
    expect([page.failure, profile.failure]).toEqual([undefined, undefined]);
    expect(page.witness).toMatchObject({ nonce: attempt.nonce, service: "backend", target: attempt.target });
    expect(profileOf(page)).toEqual(profileOf(profile));
    expect(page.subprotocol).toBe(profile.subprotocol);
    expect(page.response?.status).toBe(profile.response?.status);
  });

  it("sends on an upgrade origin, cookies and subprotocols, and no header of its own", async () => {
    const { witness } = await byPage(attemptOf("websocket", "/ws"));
    const arrived = witness!.headers;
    expect(firstValue(arrived, "origin")).toBe("https://app.staging.example.com");
    expect(firstValue(arrived, "cookie")).toMatch(/^session=\S+$/);
    expect(firstValue(arrived, "sec-websocket-protocol")).toMatch(/^jwt-auth, jwt\./);
    expect(hasHeader(arrived, "authorization")).toBe(false);
    expect(hasHeader(arrived, "x-headgate-signature")).toBe(false);
  });

  it("records what stood on the wire as the browser tells it", async () => {
    const attempt = attemptOf("websocket", "/ws");
    const { sent } = await byPage(attempt);
    for (const [name, value] of attempt.lines) expect(valuesOf(sent!, name)).toEqual([value]);
    expect(firstValue(sent!, "host")).toBe(attempt.case.host);
  });

  it.each([
    ["a blank", ["jwt-auth", "Bearer x"]],
    ["a slash", ["a/b"]],
    ["an equals sign", ["YQ=="]],
    ["the same twice", ["a", "a"]],
    ["letters of two cases", ["a", "A"]],
    ["a JSON Web Token", ["jwt.eyJh.eyJi.c-_"]],
  ])("throws at a list with %s exactly where the profile says so", async (_, offered) => {
    const lines = attemptOf("websocket", "/ws").lines.filter(([name]) => name !== "Sec-WebSocket-Protocol");
    const attempt = {
      ...attemptOf("websocket", "/ws"),
      lines: [...lines, ["Sec-WebSocket-Protocol", offered.join(", ")] as const],
    };
    const { failure } = await byPage(attempt);
    expect(failure?.message === "new WebSocket throws a SyntaxError in a page").toBe(
      subprotocolProblem(offered) !== undefined,
    );
  });

  it("sends no cookie to another site, as the profile says", async () => {
    const foreign = contractOf(edit(REFERENCE, "  - host: app.${domain}\n", "  - host: app.example.net\n"));
    const own = planCases(foreign, environmentOf(foreign)).find(({ client }) => client === "browser")!;
    expect(own.page).toBe("app.example.net");
    expect(own.skipped.map(({ header }) => header.name)).toContain("Cookie");
    const attempt = mintAttempt(own, mint);
    const withCookie: Attempt = { ...attempt, lines: [...attempt.lines, ["Cookie", "session=abc"]] };
    const { witness } = await byPage(withCookie);
    expect(hasHeader(witness!.headers, "cookie")).toBe(false);
    expect(firstValue(witness!.headers, "origin")).toBe("https://app.example.net");
  });

  it("is told the status of a refused handshake by the browser, though the page is not", async () => {
    const attempt = attemptOf("websocket", "/ws");
    const closed: Attempt = { ...attempt, target: "/ws?headgate-signature=forged" };
    const { response, failure, witness } = await byPage(closed);
    expect({ status: response?.status, failure, witness }).toEqual({
      status: 404,
      failure: undefined,
      witness: undefined,
    });
  });

  it("does not take an edge for another one whose certificate does not name the host", async () => {
    const attempt = attemptOf("websocket", "/ws");
    const endpoint = { ...target.endpointFor(attempt.case), host: "other.example.com" };
    const { failure } = await chromium.probe(attempt, endpoint, signal);
    expect(failure?.phase).toBe("tls-name");
  });
});

describe.skipIf(isMissing("chromium"))("headgate probe --client chromium", () => {
  it("makes the browser's requests by pages, and leaves no browser behind", async () => {
    const before = browsers();
    const { code, stdout, stderr } = await headgate(
      ["probe", "--emulate", referenceSynth(), "--env", "staging", "--client", "chromium", "--timeout", "30"],
      {},
    );
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("24 HTTP requests and 12 upgrades made");
    expect(browsers()).toBeLessThanOrEqual(before);
  });

  it("says how to install what is missing, before anything is sent", async () => {
    const folder = temporaryFolder();
    try {
      // A bundle beside which no library stands.
      cpSync("dist", join(folder.path, "dist"), { recursive: true });
      const { code, stderr } = await run(
        process.execPath,
        [join(folder.path, "dist/headgate.js"), "probe", "--emulate", referenceSynth(), "--client", "chromium"],
        {},
      );
      expect(code).toBe(2);
      expect(stderr).toBe(
        "headgate: playwright-core is not installed, and --client chromium needs it: npm install --save-dev playwright-core; apt-get install --no-install-recommends chromium\n",
      );
    } finally {
      folder.remove();
    }
  });
});

/** Processes of a headless browser that this machine runs. */
function browsers(): number {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("--remote-debugging-pipe") && !line.includes("--type=")).length;
}
