import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { ContractError } from "../contract/problem.ts";
import {
  collect,
  withCheckOptions,
  withDeployOptions,
  withDriftOptions,
  withEmulateOptions,
  withExplainOptions,
  withFixOptions,
  withInitOptions,
  withProbeOptions,
  withRunOptions,
  withTraceOptions,
  withWitnessOptions,
} from "./cli-options.ts";
import type { CommandContext } from "./commands/context.ts";
import { CannotLookError, InterruptedError, UsageError } from "./commands/context.ts";
import type { check } from "./commands/check.ts";
import type { deploy } from "./commands/deploy.ts";
import type { drift } from "./commands/drift.ts";
import type { emulate } from "./commands/emulate.ts";
import type { ExplainOptions } from "./commands/explain.ts";
import type { fix } from "./commands/fix.ts";
import type { gate } from "./commands/gate.ts";
import type { init } from "./commands/init.ts";
import type { probe } from "./commands/probe.ts";
import type { trace } from "./commands/trace.ts";
import type { witness } from "./commands/witness.ts";
import { EXIT_CODE } from "./gate/verdict.ts";
import { ConfigurationError } from "./terraform/configuration-error.ts";
import { VERSION } from "../contract/version.ts";

const EXITS = `
Exit codes:
  0  pass
  1  the contract is broken
  2  usage: a bad option, contract or configuration
  3  could not look: unreachable, silent, stale, interrupted, past the deadline
  4  internal error`;

/**
 * Wires options to verbs. Verbs get all they need of the process from here, and nothing else touches it. A verb is loaded
 * when it is asked for: what the others need would be half of the time of a short run.
 */
function program(context: CommandContext, end: (code: number) => void): Command {
  const cli = new Command("headgate")
    .description(
      "Proves that authentication headers survive the WebSocket upgrade through a Google Cloud load balancer.",
    )
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText("after", EXITS);
  withRunOptions(cli.command("gate"))
    .description("synthesize, emulate the edge, probe it, decide")
    .option("--synth [dir]", "read this synthesized output instead of running main.ts; default: where cdktf writes")
    .option("--record", "write a receipt beside each stack, for the gate in Terraform, and end 0 whatever was found")
    .option("--var <name=value>", "value of a Terraform variable; repeat for several", collect)
    .option("--var-file <file>", "values of Terraform variables (*.tfvars); repeat for several", collect)
    .option("--image <service=ref@sha256:…>", "build with this image; repeat for several", collect)
    .option("--plan <file>", "instead: what this plan (terraform show -json) does to the header path")
    .addHelpText("after", "\nExample:\n  headgate gate --synth cdktf.out --format json=report.json --format text")
    .action(async (options: Parameters<typeof gate>[0] & { readonly plan?: string }) => {
      const { plan } = options;
      if (plan === undefined) return end(await (await import("./commands/gate.ts")).gate(options, context));
      return end(await (await import("./commands/gate-plan.ts")).gatePlan({ ...options, plan }, context));
    });
  withProbeOptions(cli.command("probe")).action(async (options: Parameters<typeof probe>[0]) =>
    end(await (await import("./commands/probe.ts")).probe(options, context)),
  );
  withInitOptions(cli.command("init")).action(async (options: Parameters<typeof init>[0]) =>
    end(await (await import("./commands/init.ts")).init(options, context)),
  );
  withCheckOptions(cli.command("check")).action(async (source: string, options: CheckCall) =>
    end(await checkOrRecord(source, options, context)),
  );
  withFixOptions(cli.command("fix")).action(async (source: string | undefined, options: Parameters<typeof fix>[1]) =>
    end(await (await import("./commands/fix.ts")).fix(source, options, context)),
  );
  withDeployOptions(cli.command("deploy")).action(
    async (stack: string | undefined, options: Parameters<typeof deploy>[1]) =>
      end(await (await import("./commands/deploy.ts")).deploy(stack, options, context)),
  );
  withDriftOptions(cli.command("drift")).action(
    async (source: string | undefined, options: Parameters<typeof drift>[1]) =>
      end(await (await import("./commands/drift.ts")).drift(source, options, context)),
  );
  withEmulateOptions(cli.command("emulate")).action(
    async (source: string | undefined, options: Parameters<typeof emulate>[1]) =>
      end(await (await import("./commands/emulate.ts")).emulate(source, options, context)),
  );
  withTraceOptions(cli.command("trace")).action(
    async (source: string | undefined, options: Parameters<typeof trace>[1]) =>
      end(await (await import("./commands/trace.ts")).trace(source, options, context)),
  );
  withExplainOptions(cli.command("explain")).action(async (id: string | undefined, options: ExplainOptions) =>
    end((await import("./commands/explain.ts")).explainId(id, options, context)),
  );
  withWitnessOptions(cli.command("witness")).action(async (options: Parameters<typeof witness>[0]) =>
    end(await (await import("./commands/witness.ts")).witness(options, context)),
  );
  return cli;
}

type CheckCall = Parameters<typeof check>[1] & { readonly record?: boolean };

async function checkOrRecord(
  source: string,
  { record, ...options }: CheckCall,
  context: CommandContext,
): Promise<number> {
  if (record !== true) return (await import("./commands/check.ts")).check(source, options, context);
  return (await import("./commands/check-record.ts")).checkRecord(source, options, context);
}

/** An error → the words for a person and the exit code. Anything unforeseen is an internal error, never a pass. */
function failure(error: unknown): { code: number; message: string } {
  if (error instanceof CommanderError)
    return { code: error.exitCode === 0 ? EXIT_CODE.pass : EXIT_CODE.usage, message: "" };
  if (error instanceof ContractError) return { code: EXIT_CODE.usage, message: error.message };
  if (error instanceof UsageError || error instanceof ConfigurationError)
    return { code: EXIT_CODE.usage, message: `headgate: ${error.message}` };
  if (error instanceof InterruptedError || error instanceof CannotLookError)
    return { code: EXIT_CODE.inconclusive, message: `headgate: ${error.message}` };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: EXIT_CODE.internal,
    message: `headgate: internal error, which says nothing about your edge:\n${stack}`,
  };
}

async function main(): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      interrupt.abort();
      // A second one ends the process at once, with the code of a run that could not look.
      process.once(name, () => process.exit(EXIT_CODE.inconclusive));
    });
  }
  // Node would end with 1, which here means a broken contract.
  process.on("uncaughtException", (error) => {
    const { code, message } = failure(error);
    process.stderr.write(`${message}\n`, () => process.exit(code));
  });
  // A closed pipe (`headgate gate | head`) is the reader's choice, not an error.
  let isRead = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    isRead = false;
    if (error.code !== "EPIPE") process.exit(EXIT_CODE.internal);
  });
  const context: CommandContext = {
    cwd: process.cwd(),
    env: process.env,
    execPath: process.execPath,
    synthFile: fileURLToPath(new URL("synth.js", import.meta.url)),
    toolVersion: VERSION,
    now: () => new Date(),
    isTerminal: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    stdout: (text) => void process.stdout.write(text),
    drained: () => drained().then(() => isRead),
    stderr: (text) => void process.stderr.write(text),
    signal: interrupt.signal,
  };
  try {
    await program(context, (code) => (process.exitCode = code)).parseAsync(process.argv);
  } catch (error) {
    const { code, message } = failure(error);
    // Help and version: a pipe may not have taken all of the text yet, and nothing else is open.
    if (code === EXIT_CODE.pass) return void (process.exitCode = code);
    // Whatever is still open, a socket or a timer, must not keep a run alive that has failed.
    process.stderr.write(message === "" ? "" : `${message}\n`, () => process.exit(code));
  }
}

/** What a slow reader has not taken yet would pile up here. */
async function drained(): Promise<void> {
  const { stdout } = process;
  if (stdout.writableNeedDrain)
    await new Promise<void>((end) => {
      const done = (): void => {
        for (const event of ENDS) stdout.off(event, done);
        end();
      };
      for (const event of ENDS) stdout.on(event, done);
    });
  // A write to a closed pipe fails in the next turn.
  else await new Promise((turn) => setImmediate(turn));
}

const ENDS = ["drain", "close", "error"] as const;

void main();
