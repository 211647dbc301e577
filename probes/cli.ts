import { fileURLToPath } from "node:url";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ContractError } from "../contract/problem.ts";
import type { CommandContext } from "./commands/context.ts";
import { InterruptedError, UsageError } from "./commands/context.ts";
import { FAIL_ON, check } from "./commands/check.ts";
import { emulate } from "./commands/emulate.ts";
import { gate } from "./commands/gate.ts";
import { init } from "./commands/init.ts";
import { BROWSER_CHOICES, probe } from "./commands/probe.ts";
import { trace } from "./commands/trace.ts";
import { CLIENTS } from "./commands/trace-request.ts";
import { witness } from "./commands/witness.ts";
import { EXIT_CODE } from "./gate/verdict.ts";
import { ConfigurationError } from "./terraform/configuration-error.ts";
import { PROBER_CHOICES } from "./probers/probe-all.ts";
import { VERSION } from "../contract/version.ts";

const EXITS = `
Exit codes:
  0  pass
  1  the contract is broken
  2  usage: a bad option, contract or configuration
  3  could not look: unreachable, silent, stale, interrupted, past the deadline
  4  internal error`;

/** Wires options to verbs. Verbs get all they need of the process from here, and nothing else touches it. */
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
    .option("--synth <dir>", "read this synthesized output instead of running main.ts")
    .option("--image <service=ref@sha256:…>", "build with this image; repeat for several", collect)
    .addHelpText("after", "\nExample:\n  headgate gate --synth cdktf.out --format json=report.json --format text")
    .action(async (options: Parameters<typeof gate>[0]) => end(await gate(options, context)));
  withRunOptions(cli.command("probe"))
    .description("probes only: send real traffic and compare what arrives")
    .option("--emulate <dir>", "emulate the edge of this synthesized output instead of running main.ts")
    .option(
      "--live [address]",
      "probe a running edge; with an address such as https://203.0.113.9, connect there and keep the real names",
    )
    .option("--ca <file>", "trust this certificate authority (PEM) for a live edge")
    .option("--client-cert <file>", "show this certificate (PEM) to a live edge that asks for one")
    .option("--client-key <file>", "the private key (PEM) of --client-cert")
    .option("--http2", "send plain requests to a live edge over HTTP/2; upgrades stay with HTTP/1.1")
    .addOption(
      new Option("--client <name>", "what stands for a browser: its profile, or pages in a real Chromium")
        .choices(BROWSER_CHOICES)
        .default(BROWSER_CHOICES[0]),
    )
    .addHelpText("after", "\nExample:\n  HEADGATE_KEY=… headgate probe --live https://203.0.113.9 --env staging")
    .action(async (options: Parameters<typeof probe>[0]) => end(await probe(options, context)));
  withVariables(cli.command("init"))
    .description("write a starter contract; never over a file that is there")
    .option("--from <source>", "derive it from a configuration: *.tf files, a plan or state, an exported URL map")
    .option("--env <name>", "stack of synthesized output")
    .option("--out <file>", "where to; -: standard output", "headgate.yaml")
    .addHelpText("after", "\nExample:\n  headgate init --from infra/")
    .action(async (options: Parameters<typeof init>[0]) => end(await init(options, context)));
  withCheckOptions(cli.command("check")).action(
    async (source: string | undefined, options: Parameters<typeof check>[1]) =>
      end(await check(source, options, context)),
  );
  withEmulateOptions(cli.command("emulate")).action(
    async (source: string | undefined, options: Parameters<typeof emulate>[1]) =>
      end(await emulate(source, options, context)),
  );
  withTraceOptions(cli.command("trace")).action(
    async (source: string | undefined, options: Parameters<typeof trace>[1]) =>
      end(await trace(source, options, context)),
  );
  withWitnessOptions(cli.command("witness")).action(async (options: Parameters<typeof witness>[0]) =>
    end(await witness(options, context)),
  );
  return cli;
}

function withCheckOptions(command: Command): Command {
  return withReportOptions(withSourceOptions(command))
    .description("prove a configuration against the contract, by the model alone; sends nothing")
    .option("--contract <file>", "the contract; default: headgate.yaml, where there is one")
    .addOption(
      new Option("--fail-on <severity>", "least severity of a finding that ends 1")
        .choices(FAIL_ON)
        .default(FAIL_ON[0]),
    )
    .addHelpText("after", "\nExample:\n  headgate check infra/ --contract headgate.yaml --env production");
}

function withEmulateOptions(command: Command): Command {
  return withEdgeOptions(command)
    .description("serve the load balancer of a configuration on this machine, with your own services behind it")
    .option("--backend <name=url>", "put http://… or https://… in the place of a service; repeat for several", collect)
    .option("--port <n>", "port of the HTTPS listener; 0: a free one", port, 8443)
    .option("--http-port <n>", "port of the HTTP listener; 0: a free one", port, 8080)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--tls", "serve TLS with a throw-away certificate (default)")
    .option("--no-tls", "serve the HTTPS listener in clear text")
    .option("--ca-out <file>", "write the certificate authority for clients (PEM)")
    .option("--timeout <seconds>", "a backend that does not answer within it is a 504", positive, 300)
    .option("--watch", "read the configuration again when it changes")
    .option("--log <file>", "write the access log to a file instead of standard error")
    .addOption(new Option("--log-format <name>", "of the access log").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExample:\n  headgate emulate --env staging --backend backend=http://127.0.0.1:8000 --watch",
    );
}

function withTraceOptions(command: Command): Command {
  return withEdgeOptions(withVariables(command))
    .description("say what happens to one request, step by step; sends nothing")
    .option("--url <url>", "what the client asks for, such as https://api.example.com/path")
    .option("--requests <file>", "JSON lines, a request each: id, url, method, websocket, headers, client; -: stdin")
    .option("--websocket", "the request opens a WebSocket; wss:// in the URL says the same")
    .option("--method <name>", "method of the request; default: GET")
    .option("-H, --header <line>", "a line that the client sends, 'Name: value'; repeat for several", collect)
    .addOption(
      new Option("--client <name>", "what sends: a program, or a page, which cannot set every header").choices(CLIENTS),
    )
    .option("--format <name>", "text or json", "text")
    .option("--show-values", "show credentials in clear instead of as fingerprints")
    .addHelpText(
      "after",
      "\nExample:\n  headgate trace --url wss://api.example.com/ws --header 'Authorization: Bearer t'",
    );
}

/** Which configuration: whatever form it has. */
function withSourceOptions(command: Command): Command {
  return withVariables(
    command.argument(
      "[source]",
      "configuration: synthesized output, *.tf files, a plan or state, an exported URL map",
      "cdktf.out",
    ),
  );
}

function withVariables(command: Command): Command {
  return command
    .option("--var <name=value>", "value of a variable of *.tf files; repeat for several", collect)
    .option("--var-file <file>", "values of variables (*.tfvars); repeat for several", collect)
    .option("--root <dir>", "read nothing outside of this folder; default: the git root of the source");
}

/** What `trace` and `emulate` have in common: which edge, and what is taken for granted. */
function withEdgeOptions(command: Command): Command {
  return command
    .argument(
      "[source]",
      "configuration: synthesized output, *.tf files, a plan or state, an exported URL map",
      "cdktf.out",
    )
    .option("--env <name>", "stack or environment; needed where several could be meant")
    .option("--edge <label>", "edge of the stack, such as preview; default: the one that users meet")
    .option("--client-address <ip>", "address that the client comes from")
    .option("--assume <name=value>", "answer an open question; repeat for several", collect);
}

function withWitnessOptions(command: Command): Command {
  return command
    .description("serve the witness, which says what arrived to whoever signs; its key is HEADGATE_KEY")
    .option("--port <n>", "port; 0: a free one; default: PORT, else 8080", port)
    .option("--host <address>", "address to listen on", "0.0.0.0")
    .option("--service <name>", "service of the contract that it stands for; default: HEADGATE_SERVICE, else K_SERVICE")
    .option("--subprotocol <name>", "select this subprotocol when it is offered; repeat for several", collect)
    .option("--max-sockets <n>", "sockets that are open at once", wholeNumber, 1000)
    .option("--lifetime <seconds>", "longest life of a socket", positive, 3600)
    .option("--ping <seconds>", "ping a socket after this much silence; 0: never", orNever, 30)
    .addHelpText("after", "\nExample:\n  HEADGATE_KEY=… headgate witness --service backend --subprotocol jwt-auth");
}

/** What every verb with a verdict prints, and in how much time. */
function withReportOptions(command: Command): Command {
  return command
    .option("--env <name>", "one environment; default: all")
    .addOption(
      new Option("--format <name[=file]>", "text or json; repeat for several")
        .default(["text"], "text")
        .argParser(collectFormat()),
    )
    .option("--out <file>", "write the report to a file")
    .option("--timings", "print how long each phase took")
    .option("--deadline <seconds>", "longest time for the whole run", positive, 60)
    .option("--seed <n>", "seed of what the emulated edge draws", wholeNumber);
}

function withRunOptions(command: Command): Command {
  return withReportOptions(command)
    .option("--contract <file>", "the contract", "headgate.yaml")
    .option("--timeout <seconds>", "longest time for one request", positive, 5)
    .option("--concurrency <n>", "requests in flight at once", wholeNumber, 16)
    .addOption(
      new Option("--prober <name>", "what sends: client libraries where they can, or every request byte for byte")
        .choices(PROBER_CHOICES)
        .default(PROBER_CHOICES[0]),
    );
}

/** The first `--format` takes the place of the default, later ones are added. */
function collectFormat(): (value: string) => string[] {
  const given: string[] = [];
  return (value) => {
    given.push(value);
    return given;
  };
}

function collect(value: string, given: readonly string[] = []): string[] {
  return [...given, value];
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > 86_400)
    throw new InvalidArgumentError("give a number of seconds above 0");
  return number;
}

function orNever(value: string): number {
  return value === "0" ? 0 : positive(value);
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError("give a port, 0 to 65535");
  return Number(value);
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 0xffffffff)
    throw new InvalidArgumentError("give a whole number, 1 or more");
  return number;
}

/** An error → the words for a person and the exit code. Anything unforeseen is an internal error, never a pass. */
function failure(error: unknown): { code: number; message: string } {
  if (error instanceof CommanderError)
    return { code: error.exitCode === 0 ? EXIT_CODE.pass : EXIT_CODE.usage, message: "" };
  if (error instanceof ContractError) return { code: EXIT_CODE.usage, message: error.message };
  if (error instanceof UsageError || error instanceof ConfigurationError)
    return { code: EXIT_CODE.usage, message: `headgate: ${error.message}` };
  if (error instanceof InterruptedError) return { code: EXIT_CODE.inconclusive, message: `headgate: ${error.message}` };
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
  process.stdout.on(
    "error",
    (error: NodeJS.ErrnoException) => error.code !== "EPIPE" && process.exit(EXIT_CODE.internal),
  );
  const context: CommandContext = {
    cwd: process.cwd(),
    env: process.env,
    execPath: process.execPath,
    synthFile: fileURLToPath(new URL("synth.js", import.meta.url)),
    toolVersion: VERSION,
    isTerminal: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    stdout: (text) => void process.stdout.write(text),
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

await main();
