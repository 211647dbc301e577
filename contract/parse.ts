import { createHash } from "node:crypto";
import type {
  Arrives,
  Contract,
  EdgeSettings,
  Environment,
  FlowStep,
  HeaderIntent,
  Route,
  SecretRef,
  Service,
  ServiceOverride,
} from "./contract.ts";
import { crossProblems } from "./cross-checks.ts";
import { roomNeeded } from "./limit-checks.ts";
import { parseLocated } from "./locate.ts";
import type { LocatedYaml } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { durationMs } from "./schema-terms.ts";
import { contractFile } from "./schema.ts";
import type { ContractFile } from "./schema.ts";
import { shapeProblems } from "./shape-problems.ts";

/** Syntax errors that are told of one file. */
const MAX_SYNTAX_ERRORS = 20;

export type Parsed = { readonly contract: Contract } | { readonly problems: readonly Problem[] };

/**
 * Text of a contract file → Contract, or every problem found, in file order. Each problem carries
 * `file:line:column`, the wrong value and the valid choices. Reads nothing but `text`.
 */
export function parseContract(text: string, file: string): Parsed {
  const yaml = parseLocated(text, file);
  const lines = text.split("\n");
  // One slip can make thousands of errors; the first ones tell.
  const syntax = yaml.errors.slice(0, MAX_SYNTAX_ERRORS).map(({ at, message }) => ({
    at,
    path: "",
    message: `not valid YAML: ${message}${flowHint(lines[at.line - 1] ?? "")}`,
  }));
  if (syntax.length > 0 && yaml.value === undefined) return { problems: syntax };
  if (yaml.value === null || yaml.value === undefined) {
    return {
      problems: [
        {
          at: yaml.at([]),
          path: "",
          message: "the contract is empty; it needs version, name, environments, services and routes",
        },
      ],
    };
  }
  const problems = [...syntax, ...shapeProblems(yaml), ...crossProblems(yaml)];
  if (problems.length > 0) return { problems: inFileOrder(problems) };
  return {
    contract: toContract(contractFile.parse(yaml.value), yaml, createHash("sha256").update(text).digest("hex")),
  };
}

/** `api.${domain}` may stand bare in a block, but inside `{ … }` or `[ … ]` its braces are YAML's. */
function flowHint(line: string): string {
  const variable = line.lastIndexOf("${");
  const isInside = variable > 0 && /[{[]/.test(line.slice(0, variable));
  return isInside ? "; inside { … } and [ … ] a value that holds ${…} needs quotes" : "";
}

function inFileOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}

function toContract(file: ContractFile, yaml: LocatedYaml, digest: string): Contract {
  return {
    file: yaml.at([]).file,
    digest,
    name: file.name,
    environments: mapEntries(file.environments, (id, entry) => toEnvironment(id, entry, yaml)),
    headers: mapEntries(file.headers, (id, entry): HeaderIntent => ({
      ...entry,
      id,
      arrives: toArrives(entry.arrives),
      at: yaml.keyAt(["headers", id]),
      arrivesAt: yaml.at(["headers", id, "arrives"]),
    })),
    services: mapEntries(file.services, (id, entry) => toService(id, entry, yaml)),
    edge: toEdgeSettings(file),
    routes: file.routes.map((route, index) => toRoute(route, index, yaml)),
    flows: mapEntries(file.flows, (_, steps) => steps.map(toFlowStep)),
    budgets: {
      ...(file.budgets["handshake-p95"] !== undefined && { handshakeP95Ms: durationMs(file.budgets["handshake-p95"]) }),
      ...(file.budgets["flow-p95"] !== undefined && { flowP95Ms: durationMs(file.budgets["flow-p95"]) }),
      ...(file.budgets["concurrent-sockets"] !== undefined && {
        concurrentSockets: file.budgets["concurrent-sockets"],
      }),
    },
    waivers: file.waivers.map((waiver, index) => ({
      ...waiver,
      at: yaml.at(["waivers", index]),
      ruleAt: yaml.at(["waivers", index, "rule"]),
    })),
  };
}

function toService(id: string, entry: ContractFile["services"][string], yaml: LocatedYaml): Service {
  return {
    id,
    ...(entry.address !== undefined && { address: entry.address }),
    ...(entry.image !== undefined && { image: entry.image }),
    port: entry.port,
    timeoutMs: durationMs(entry.timeout),
    concurrency: entry.concurrency,
    cpu: entry.cpu,
    memory: entry.memory,
    minInstances: entry["min-instances"],
    maxInstances: entry["max-instances"],
    sessionAffinity: entry["session-affinity"],
    ...(entry.health !== undefined && { health: entry.health }),
    access: entry.access,
    invokers: entry.invokers ?? [],
    env: entry.env,
    secrets: mapEntries(entry.secrets, (_, secret) => toSecretRef(secret)),
    ...(entry.vpc !== undefined && { vpc: entry.vpc }),
    cdn: entry.cdn,
    witness: entry.witness,
    at: yaml.keyAt(["services", id]),
  };
}

function toEnvironment(id: string, entry: ContractFile["environments"][string], yaml: LocatedYaml): Environment {
  const { "deletion-protection": deletionProtection, "receipt-age": receiptAge, preview, services, ...rest } = entry;
  return {
    id,
    ...rest,
    deletionProtection,
    receiptAgeMs: durationMs(receiptAge),
    ...(preview !== undefined && {
      preview: { ...preview, witness: { ...preview.witness, key: toSecretRef(preview.witness.key) } },
    }),
    services: mapEntries(services, (_, override): ServiceOverride => {
      const { "min-instances": minInstances, "max-instances": maxInstances } = override;
      return {
        env: override.env ?? {},
        secrets: mapEntries(override.secrets ?? {}, (_name, secret) => toSecretRef(secret)),
        ...(minInstances !== undefined && { minInstances }),
        ...(maxInstances !== undefined && { maxInstances }),
      };
    }),
    at: yaml.keyAt(["environments", id]),
  };
}

function toSecretRef({ secret, version }: { secret: string; version: string | number }): SecretRef {
  return { secret, version: String(version) };
}

function toEdgeSettings({ edge, routes, budgets }: ContractFile): EdgeSettings {
  const limit = edge["rate-limit"];
  const room = roomNeeded(routes, budgets["concurrent-sockets"] ?? 0);
  return {
    waf: edge.waf,
    rateLimit:
      limit === undefined
        ? { requests: Math.max(1000, room), perSeconds: 60 }
        : { requests: limit.requests, perSeconds: durationMs(limit.per) / 1000 },
    requestLogging: edge["request-logging"],
  };
}

function toRoute(route: ContractFile["routes"][number], index: number, yaml: LocatedYaml): Route {
  const { lifetime, headers, ...rest } = route;
  return {
    ...rest,
    id: `${route.host} ${route.paths.join(" ")}`,
    headers: headers ?? [],
    ...(lifetime !== undefined && { lifetimeMs: durationMs(lifetime) }),
    at: yaml.at(["routes", index]),
    pathsAt: route.paths.map((_, position) => yaml.at(["routes", index, "paths", position])),
  };
}

function toArrives(written: ContractFile["headers"][string]["arrives"]): Arrives {
  return typeof written === "string" ? { kind: written } : { kind: "set", pattern: written.set };
}

function toFlowStep(step: ContractFile["flows"][string][number]): FlowStep {
  if ("send" in step) return { kind: "send", message: step.send };
  if ("close" in step) return { kind: "close", code: step.close };
  const within = step.within === undefined ? {} : { withinMs: durationMs(step.within) };
  if ("expect" in step) return { kind: "expect", message: step.expect, ...within };
  return { kind: "expect-in-order", types: step["expect-in-order"], ...within };
}

function mapEntries<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (id: string, entry: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([id, entry]) => [id, map(id, entry)]));
}
