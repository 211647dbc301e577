import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { BROWSER_CHOICES, CLIENTS, EDGE_CHOICES, FAIL_ON } from "./commands/choices.ts";
import { FORMATS } from "./report/format-names.ts";
import { PROBER_CHOICES } from "./probers/prober-choices.ts";

export function withProbeOptions(command: Command): Command {
  return withRunOptions(command)
    .description("probes only: send real traffic and compare what arrives")
    .option("--emulate <dir>", "emulate the edge of this synthesized output instead of running main.ts")
    .option(
      "--live [address]",
      "probe a running edge; with an address such as https://203.0.113.9, connect there and keep the real names",
    )
    .addOption(new Option("--edge <name>", "the closed edge; HEADGATE_PREVIEW_TOKEN opens it").choices(EDGE_CHOICES))
    .option("--stamp <hex>", "count only answers of the URL map with this stamp (X-Headgate-Stamp)")
    .option("--ca <file>", "trust this certificate authority (PEM) for a live edge")
    .option("--client-cert <file>", "show this certificate (PEM) to a live edge that asks for one")
    .option("--client-key <file>", "the private key (PEM) of --client-cert")
    .option("--http2", "send plain requests to a live edge over HTTP/2; upgrades stay with HTTP/1.1")
    .addOption(
      new Option("--client <name>", "what stands for a browser: its profile, or pages in a real Chromium")
        .choices(BROWSER_CHOICES)
        .default(BROWSER_CHOICES[0]),
    )
    .addHelpText("after", "\nExample:\n  HEADGATE_KEY=… headgate probe --live https://203.0.113.9 --env staging");
}

export function withInitOptions(command: Command): Command {
  return withVariables(command)
    .description("write a starter contract; never over a file that is there")
    .option("--from <source>", "derive it from a configuration: *.tf files, a plan or state, an exported URL map")
    .option("--env <name>", "stack of synthesized output")
    .option("--out <file>", "where to; -: standard output", "headgate.yaml")
    .addHelpText("after", "\nExample:\n  headgate init --from infra/");
}

export function withCheckOptions(command: Command): Command {
  return withReportOptions(withSourceOptions(command))
    .description("prove a configuration against the contract, by the model alone; sends nothing")
    .option("--contract <file>", "the contract; default: headgate.yaml, where there is one")
    .addOption(failOn())
    .option("--baseline <file>", "findings that are accepted as they are; only others fail")
    .option("--write-baseline <file>", "accept the findings of this run, and write them into a file")
    .option("--record", "write a receipt into the folder, for the gate in Terraform, and end 0 whatever was found")
    .addHelpText("after", "\nExample:\n  headgate check infra/ --contract headgate.yaml --env production");
}

export function withFixOptions(command: Command): Command {
  return withSourceOptions(command)
    .description("mend what needs no decision: print a patch, or write it; say of the rest how it can be mended")
    .option("--write", "change the files, all or none, and check again")
    .option("--force", "with --write: files that git could not give back, too")
    .option("--rule <id>", "only findings of this rule; repeat for several", collect)
    .option("--env <name>", "one environment; default: all")
    .option("--contract <file>", "the contract; default: headgate.yaml, where there is one")
    .addOption(failOn())
    .option("--baseline <file>", "findings that are accepted as they are; they are left alone")
    .addHelpText("after", "\nExample:\n  headgate fix infra/ > fix.patch && git apply fix.patch");
}

function failOn(): Option {
  return new Option("--fail-on <severity>", "least severity of a finding that ends 1")
    .choices(FAIL_ON)
    .default(FAIL_ON[0]);
}

export function withDeployOptions(command: Command): Command {
  return withRunOptions(command.argument("[stack]", "environment of the contract; default: the only one"))
    .description("gate, plan, say what changes, apply, and look at what runs; nothing is applied unless all pass")
    .option("--terraform", "run Terraform itself, in place of cdktf deploy; the default where there is no cdktf.json")
    .option("--rollback", "with promotion: preview: make the release before the live one live again")
    .option("--image <service=ref@sha256:…>", "build with this image; repeat for several", collect)
    .option("--var <name=value>", "value of a variable, for the gate and for Terraform; repeat for several", collect)
    .option("--var-file <file>", "values of variables (*.tfvars); repeat for several", collect)
    .option(
      "--edge <name=url>",
      "connect to the public or preview edge here, such as public=https://[::1]:8443",
      collect,
    )
    .option("--ca <file>", "trust this certificate authority (PEM) where edges are looked at")
    .option("--dns <address>", "ask this name server where the names lead, such as 8.8.8.8; default: the system's")
    .option("--wait <seconds>", "longest wait until an edge answers as it was just changed", positive, 600)
    .option("--no-verify", "do not look at the public edge where it runs")
    .addHelpText(
      "after",
      "\nThe witnesses behind an edge open with HEADGATE_KEY.\n\nExamples:\n  headgate deploy staging\n  headgate deploy production --rollback",
    );
}

export function withDriftOptions(command: Command): Command {
  return withSourceOptions(command)
    .description("compare what runs with the configuration: was it ever applied, and what is another thing now?")
    .option("--env <name>", "stack or environment; needed where several could be meant")
    .option("--contract <file>", "names project and region; default: headgate.yaml, where there is one")
    .option("--live <file>", "what runs, exported: a file or folder; repeat for several; default: ask Google", collect)
    .option("--project <id>", "project to ask; default: the contract's")
    .option("--region <name>", "region of what does not name its own; default: the contract's")
    .option("--api <url>", "for tests: ask this address in place of Google's APIs")
    .option("--timeout <seconds>", "longest time for one answer", positive, 20)
    .addOption(
      new Option("--format <name[=file]>", "text or json; repeat for several, each into its file")
        .default(["text"], "text")
        .argParser(collectFormat()),
    )
    .option("--out <file>", "write the report to a file")
    .addHelpText("after", "\nExample:\n  headgate drift --env production --live exported/");
}

export function withEmulateOptions(command: Command): Command {
  return withEdgeOptions(withVariables(command))
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

export function withTraceOptions(command: Command): Command {
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

export function withExplainOptions(command: Command): Command {
  return command
    .argument("[id]", "a rule, an open question, a behaviour or a fact; without one: all ids")
    .description("say of a rule or a fact why it is there, what to do, and what it rests on")
    .option("--format <name>", "text or json", "text")
    .addHelpText("after", "\nExample:\n  headgate explain header-unchanged");
}

export function withWitnessOptions(command: Command): Command {
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
      new Option("--format <name[=file]>", `${FORMATS.join(", ")}; repeat for several, each into its file`)
        .default(["text"], "text")
        .argParser(collectFormat()),
    )
    .option("--out <file>", "write the report to a file")
    .addOption(
      new Option("--show <severity>", "least severity of a finding that is shown; one that fails always is")
        .choices(["error", "warning", "note"])
        .default("note"),
    )
    .option("--timings", "print how long each phase took")
    .option("--deadline <seconds>", "longest time for the whole run", positive, 60)
    .option("--seed <n>", "seed of what the emulated edge draws", wholeNumber);
}

export function withRunOptions(command: Command): Command {
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

export function collect(value: string, given: readonly string[] = []): string[] {
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
