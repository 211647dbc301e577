import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { startWitness } from "../../probes/witness/start.ts";
import { headgate } from "../support/cli.ts";
import { closeAfterEach } from "../support/emulated-edge.ts";
import { CONTRACT, KEY, failuresOf } from "../support/foreign-edge.ts";
import { startHttp2Edge } from "../support/http2-edge.ts";
import { temporaryFolder } from "../support/reference.ts";

const opened = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A page sends the two cookies in pieces. */
const WITH_PAGES = CONTRACT.replace('"session=${token}"', '"session=${token}; theme=dark"').replace(
  "    service: app\n",
  "    service: app\n    clients: [browser, native]\n",
);

async function probed(options: Parameters<typeof startHttp2Edge>[1]): Promise<Result> {
  const witness = opened(await startWitness({ service: "app", key: KEY }));
  const edge = opened(await startHttp2Edge(witness.port, options));
  const [ca, contract] = [join(folder.path, "ca.pem"), join(folder.path, "headgate.yaml")];
  writeFileSync(ca, edge.ca);
  writeFileSync(contract, WITH_PAGES);
  const { stdout } = await headgate(
    [
      ...["probe", "--live", `https://127.0.0.1:${edge.port}`, "--ca", ca, "--contract", contract],
      ...["--http2", "--format", "json"],
    ],
    { env: { HEADGATE_KEY: KEY } },
  );
  return JSON.parse(stdout) as Result;
}

describe("headgate probe --http2", () => {
  it("passes every header through an edge that joins cookies, and says what the edge announces", async () => {
    const result = await probed({ extendedConnect: true });
    expect(failuresOf(result)).toEqual([]);
    expect(result.verdict).toBe("pass");
    expect(result.controls.map(({ state }) => state)).toEqual(["pass", "pass", "pass", "pass"]);
    expect(result.notLookedAt.join("\n")).toContain("the edge announces SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441)");
  });

  it("fails on cookies that the edge leaves in pieces, for the client that sends them so", async () => {
    const { cells } = await probed({ tamper: (lines) => lines });
    const failed = cells.filter(({ state, rule }) => state === "fail" && rule === "header-unchanged");
    expect(new Set(failed.map(({ header, protocol, client }) => [header, protocol, client].join(" ")))).toEqual(
      new Set(["Cookie http browser"]),
    );
  });

  it.each([
    [["--emulate", "cdktf.out"], "needs a running edge"],
    [[], "needs a running edge"],
    [["--live", "http://127.0.0.1:1"], "needs https"],
    [["--live", "https://127.0.0.1:1", "--prober", "raw"], "exclude each other"],
  ])("with %j ends 2 and says why", async (args, words) => {
    const { code, stdout, stderr } = await headgate(["probe", "--http2", ...args], { env: { HEADGATE_KEY: KEY } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
  });
});
