import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadContract } from "../../contract/load.ts";
import type { Subject } from "../receipts/receipt-of.ts";
import { gatesIn, stackOfGate } from "../terraform/gate.ts";
import { asString } from "../terraform/graph.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { readEdges } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import { proveAgainst } from "./check.ts";
import type { CheckOptions } from "./check.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { contractFile, environmentFor } from "./declared.ts";
import { receiptOfRun, variablesFor, writeReceipt } from "./receipt-file.ts";
import { sealOf } from "./receipt-keys.ts";
import { environmentsOf } from "./run.ts";
import { sourceOptions } from "./source-options.ts";

/**
 * Judges the root module in a folder by the model alone, and writes a receipt into it. Ends 0 whatever was found: only
 * Terraform blocks, and only when it plans.
 * @throws UsageError without a contract, for what is no folder that Terraform loads, and for a gate whose stack cannot be
 * told; ConfigurationError for a configuration that cannot be read.
 */
export async function checkRecord(source: string, options: CheckOptions, context: CommandContext): Promise<number> {
  const seal = sealOf(context.env);
  const file = contractFile(options.contract, context.cwd);
  if (file === undefined)
    throw new UsageError(
      `--record proves a contract, and there is none: name it with --contract FILE, or let \`headgate init --from ${source}\` write one`,
    );
  const edges = await readEdges(source, { ...sourceOptions(options), ...variablesFor(varsOf(options), context) });
  const graph = rootModule(edges);
  for (const warning of edges.warnings) context.stderr(`headgate: warning: ${warning}\n`);
  const contract = loadContract(file);
  const [environment] = environmentsOf(contract, options.env ?? environmentFor(contract, edges));
  const subject: Subject = {
    stack: stackOf(graph, edges, context),
    environment: environment!.id,
    contract,
    ...(graph.basis !== undefined && { lookedAt: graph.basis }),
    tool: `headgate ${context.toolVersion}`,
    proof: "model",
    at: context.now(),
  };
  const prove = { ...options, format: [], contract: file, env: environment!.id };
  await writeReceipt(graph, {
    contract,
    folder: folderOf(source, context),
    seal,
    maxAgeMs: environment!.receiptAgeMs,
    context,
    judge: () => receiptOfRun(subject, () => proveAgainst(edges, prove, context)),
  });
  return 0;
}

function varsOf({ var: vars = [], varFile = [] }: CheckOptions): {
  vars: readonly string[];
  varFiles: readonly string[];
} {
  return { vars, varFiles: varFile };
}

function rootModule({ at, kind, graphs }: EdgeSource): ResourceGraph {
  const [graph] = graphs.values();
  if (kind === "cdktf")
    throw new UsageError(
      `${at} is synthesized output, whose receipts \`headgate gate --synth ${at} --record\` writes: it sends traffic, too`,
    );
  if (kind !== "directory" || graph === undefined)
    throw new UsageError(
      `${at} is a ${kind}, and a receipt stands beside what Terraform loads; name the folder of the root module's *.tf files`,
    );
  return graph;
}

/** One of the module's files means all of them. */
function folderOf(source: string, { cwd }: CommandContext): string {
  const path = resolve(cwd, source);
  return statSync(path).isDirectory() ? path : dirname(path);
}

/** The name that the gate was given; of a configuration without one, that of its folder. */
function stackOf(graph: ResourceGraph, { at }: EdgeSource, { stderr }: CommandContext): string {
  const gates = gatesIn(graph);
  if (gates.length === 0)
    stderr(
      `headgate: warning: ${at} has no gate, so nothing reads this receipt; call the module modules/deploy-gate of this package there\n`,
    );
  const names = gates.map((gate) => {
    const written = stackOfGate(gate);
    const name = written === undefined ? undefined : asString(written);
    if (name?.kind === "unknown")
      throw new UsageError(
        `${name.by.file}:${name.by.line}:${name.by.column}  the stack of ${gate.address} ${name.reason}; write it as a plain text`,
      );
    return name?.value ?? graph.name;
  });
  const [first = graph.name, other] = new Set(names);
  if (other !== undefined)
    throw new UsageError(
      `${at} has gates for ${first} and ${other}, and one receipt speaks of one stack; keep one gate`,
    );
  return first;
}
