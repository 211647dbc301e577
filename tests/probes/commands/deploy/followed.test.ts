import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../../probes/commands/context.ts";
import { runFollowed } from "../../../../probes/commands/deploy/followed.ts";
import { recordedContext } from "../../../support/command-context.ts";
import { temporaryFolder } from "../../../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const script = (text: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ["-e", text],
});

function following(signal = new AbortController().signal) {
  const { context, stderr } = recordedContext(folder.path, "2030-01-15");
  const log = join(folder.path, "log");
  return { context: { ...context, signal }, stderr, log, program: { cwd: folder.path, env: process.env, log } };
}

describe("a program that must come to its own end", () => {
  it("is heard as it speaks, and all that it said stays in a file", async () => {
    const { context, stderr, log, program } = following();
    const { code, stdout, said } = await runFollowed(
      { ...program, ...script('console.error("one"); console.log("zwö"); process.exitCode = 7') },
      context,
    );
    expect({ code, stdout, said }).toEqual({ code: 7, stdout: "", said: "one\nzwö\n" });
    expect(stderr()).toBe(said);
    expect(readFileSync(log, "utf8")).toBe(said);
  });

  it("hands on data by itself", async () => {
    const { context, program } = following();
    const piped = { ...program, ...script('console.log("{}"); console.error("hm")'), pipe: true };
    expect(await runFollowed(piped, context)).toEqual({ code: 0, stdout: "{}\n", said: "hm\n" });
  });

  it("is interrupted once, and left to finish", async () => {
    const stop = new AbortController();
    const { context, stderr, program } = following(stop.signal);
    const text =
      'const tick = setInterval(() => {}, 1000); process.on("SIGINT", () => { console.log("ending"); setTimeout(() => { console.log("ended"); clearInterval(tick); }, 300); }); console.log("up")';
    const run = runFollowed({ ...program, ...script(text) }, context);
    await expect.poll(stderr).toContain("up");
    stop.abort();
    expect(await run).toMatchObject({ code: 0, said: "up\nending\nended\n" });
  });

  it("says so where there is none", async () => {
    const { context, program } = following();
    const run = runFollowed({ ...program, command: "no-such-program", args: [] }, context);
    await expect(run).rejects.toThrow(UsageError);
  });
});
