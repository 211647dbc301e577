/** A room of the house: which files it holds, what it may import, and why. */
export interface Room {
  /** Path prefixes of its files. */
  readonly files: readonly string[];
  readonly mayImport: readonly RoomName[];
  readonly because: string;
  /** Outside abilities that its files may use directly: Node modules and packages. */
  readonly abilities?: readonly Ability[];
}

export type Ability = "files" | "sockets" | "child-processes" | "cdktf" | "browser";

export type RoomName = keyof typeof ROOMS;

/** Node modules and packages that are an ability of their own. Everything else is free to use. */
export const ABILITY_OF: Readonly<Record<string, Ability>> = {
  "node:fs": "files",
  "node:fs/promises": "files",
  "node:net": "sockets",
  "node:tls": "sockets",
  "node:http": "sockets",
  "node:https": "sockets",
  "node:http2": "sockets",
  "node:dns": "sockets",
  "node:dns/promises": "sockets",
  undici: "sockets",
  "google-auth-library": "sockets",
  ws: "sockets",
  "node:child_process": "child-processes",
  "playwright-core": "browser",
  cdktf: "cdktf",
  constructs: "cdktf",
  "@cdktf/provider-google": "cdktf",
};

/**
 * Who may import whom. The table holds for the transitive closure: what a room may not import, it may not reach through
 * another room either, unless that room is listed.
 */
export const ROOMS = {
  http: {
    files: ["http/"],
    mayImport: [],
    because: "the grammar of HTTP is below everything and knows nothing of us",
  },
  contract: {
    files: ["contract/"],
    mayImport: ["http"],
    because: "the declared truth depends on no way of building or probing it",
    abilities: ["files"],
  },
  facts: {
    files: ["probes/facts/"],
    mayImport: ["http", "contract"],
    because: "the shapes that steps hand on are types only",
  },
  stacks: {
    files: ["stacks/"],
    mayImport: ["contract", "http"],
    because: "stacks and probes never meet, so that one mistake cannot stand on both sides and cancel out",
    abilities: ["cdktf", "files"],
  },
  synth: {
    files: ["main.ts"],
    mayImport: ["contract", "stacks", "http"],
    because: "the composition root of synth wires, and decides nothing",
    abilities: ["cdktf"],
  },
  terraform: {
    files: ["probes/terraform/"],
    mayImport: ["facts", "http", "contract"],
    because: "a configuration is read as it is, whatever anybody declared",
    abilities: ["files"],
  },
  model: {
    files: ["probes/model/"],
    mayImport: ["terraform", "http", "facts", "contract"],
    because: "the model says what is, from the configuration alone, and does no input or output",
  },
  emulator: {
    files: ["probes/emulator/"],
    mayImport: ["model", "terraform", "http", "facts", "contract"],
    because: "the emulator is driven by the model alone",
    abilities: ["sockets"],
  },
  witness: {
    files: ["probes/witness/"],
    mayImport: ["contract", "http", "facts"],
    because: "the witness reports, and knows neither the model nor what was expected",
    abilities: ["sockets"],
  },
  targets: {
    files: ["probes/targets/"],
    mayImport: ["emulator", "witness", "model", "terraform", "http", "facts", "contract"],
    because: "a prober cannot tell an emulated target from a live one",
  },
  probers: {
    files: ["probes/probers/"],
    mayImport: ["http", "facts", "contract"],
    because: "a prober sends and records; it never judges, and never sees the model, the targets or the rules",
    abilities: ["sockets", "browser"],
  },
  plan: {
    files: ["probes/plan/"],
    mayImport: ["contract", "http", "facts"],
    because: "what is tried follows from the contract, never from what the configuration happens to do",
  },
  rules: {
    files: [
      "probes/rules/observed/",
      "probes/rules/define-rule.ts",
      "probes/rules/judge.ts",
      "probes/rules/judge-controls.ts",
      "probes/rules/relate.ts",
    ],
    mayImport: ["facts", "contract", "http"],
    because: "a rule judges evidence and never sees the trace",
  },
  audit: {
    files: ["probes/rules/static/"],
    mayImport: ["model", "terraform", "facts", "contract", "http"],
    because: "a static rule judges a configuration, and knows of no traffic",
  },
  waivers: {
    files: ["probes/waivers/"],
    mayImport: ["facts", "contract", "http"],
    because: "what is accepted is decided by what was found and who accepts it, whatever looked",
  },
  fix: {
    files: ["probes/fix/"],
    mayImport: ["terraform", "facts", "contract", "http"],
    because: "a change is carried out where it stands, on texts alone; which change is right, rules say",
  },
  explain: {
    files: ["probes/explain/"],
    mayImport: ["rules", "audit", "waivers", "model", "terraform", "facts", "contract", "http"],
    because: "what is explained are the words of the rules and of the model, and nothing is decided by them",
  },
  attribution: {
    files: ["probes/attribution/"],
    mayImport: ["facts", "contract", "http"],
    because: "attribution explains a failure and can never undo it",
  },
  gate: {
    files: ["probes/gate/"],
    mayImport: ["facts", "contract", "http"],
    because: "the verdict is decided from plain results, in one place",
  },
  receipts: {
    files: ["probes/receipts/"],
    mayImport: ["facts", "contract", "http"],
    because: "a receipt says what a run found, and decides nothing",
  },
  starter: {
    files: ["probes/starter/"],
    mayImport: ["model", "terraform", "http", "facts", "contract"],
    because: "a starter contract says what a configuration does, by the model's word",
  },
  live: {
    files: ["probes/live/"],
    mayImport: ["probers", "targets", "facts", "contract", "http"],
    because: "what runs is asked for as it is, whatever anybody configured",
    abilities: ["sockets"],
  },
  drift: {
    files: ["probes/drift/"],
    mayImport: ["model", "terraform", "http", "facts", "contract"],
    because: "what runs is compared with what is written, wherever either came from",
  },
  report: {
    files: ["probes/report/"],
    mayImport: ["facts", "contract", "http"],
    because: "a report renders the result and decides nothing",
  },
  pipeline: {
    files: ["probes/pipeline.ts", "probes/pipeline/"],
    mayImport: [
      "contract",
      "facts",
      "http",
      "terraform",
      "model",
      "emulator",
      "witness",
      "targets",
      "live",
      "probers",
      "plan",
      "rules",
      "audit",
      "waivers",
      "attribution",
      "gate",
    ],
    because: "the whole flow is readable in one place",
  },
  commands: {
    files: ["probes/commands/", "probes/cli.ts", "probes/cli-options.ts"],
    mayImport: [
      "live",
      "drift",
      "starter",
      "receipts",
      "fix",
      "explain",
      "pipeline",
      "report",
      "contract",
      "facts",
      "http",
      "terraform",
      "model",
      "emulator",
      "witness",
      "targets",
      "probers",
      "plan",
      "rules",
      "audit",
      "waivers",
      "attribution",
      "gate",
    ],
    because: "verbs are thin: options in, pipeline, report out",
    abilities: ["files", "child-processes"],
  },
} as const satisfies Record<string, RawRoom>;

interface RawRoom {
  readonly files: readonly string[];
  readonly mayImport: readonly string[];
  readonly because: string;
  readonly abilities?: readonly Ability[];
}
