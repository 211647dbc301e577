import { RECEIPT_FILE, RECEIPT_SCHEMA } from "../../contract/receipt-file.ts";

/** Longest that an override holds: for the run that was started with it, not for the next. */
const OVERRIDE_AGE = "5m";

/** Furthest that a receipt's clock may be ahead of Terraform's. */
const CLOCK_SKEW = "5m";

/** Most failing cells that a message quotes. */
const MOST_LINES = 5;

/** What Terraform loads from a folder, but for hidden files. */
const LOADED = "{*.tf,*.tf.json,terraform.tfvars,terraform.tfvars.json,*.auto.tfvars,*.auto.tfvars.json}";

/** What differs from gate to gate, as Terraform expressions. */
export interface GateInputs {
  readonly stack: string;
  readonly maxAge: string;
  readonly command: string;
  /** An object: name → value of each variable that a receipt may bind. */
  readonly variables: string;
  /** The key of the keyed digest; the empty text where none is asked for. */
  readonly key: string;
  readonly requireKey: string;
}

export interface Precondition {
  /** An expression. */
  readonly condition: string;
  /** A template. */
  readonly message: string;
}

const RECEIPT = "local.headgate_receipt";

/**
 * Values that the conditions rest on, in Terraform's own language: name → expression. They compute from the files and
 * variables in hand what `configurationDigest` and `statementOf` compute where a receipt is written.
 */
export function gateLocals({ variables, maxAge }: Pick<GateInputs, "variables" | "maxAge">): Record<string, string> {
  return {
    headgate_receipt: `try(jsondecode(file("\${path.root}/${RECEIPT_FILE}")), {})`,
    headgate_found: `try(${RECEIPT}.schema, "") != ""`,
    headgate_folders: `try(tolist(${RECEIPT}.configuration.folders), ["."])`,
    headgate_listed: `try(${RECEIPT}.configuration.files, {})`,
    headgate_bound: `try(${RECEIPT}.configuration.variables, {})`,
    headgate_loaded: `toset(flatten([for folder in concat(["."], local.headgate_folders) : [for file in fileset("\${path.root}/\${folder}", "${LOADED}") : folder == "." ? file : "\${folder}/\${file}" if !startswith(file, ".")]]))`,
    headgate_files: `{ for file in setunion(local.headgate_loaded, keys(local.headgate_listed)) : file => try(filesha256("\${path.root}/\${file}"), "missing") }`,
    headgate_variables: `{ for name, hash in local.headgate_bound : name => try(sha256(jsonencode(merge({ "terraform.workspace" = terraform.workspace }, ${variables})[name])), "missing") }`,
    headgate_digest: `sha256(join("\\n", concat([for folder in sort(local.headgate_folders) : "folder \${folder}"], [for file, hash in local.headgate_files : "file \${hash} \${file}"], [for name, hash in local.headgate_variables : "var \${hash} \${name}"])))`,
    headgate_differing: `concat([for file, hash in local.headgate_files : file if try(local.headgate_listed[file], "") != hash], [for name, hash in local.headgate_variables : join("", [name == "terraform.workspace" ? "" : "var.", name, hash == "missing" ? " (not given to the gate)" : ""]) if local.headgate_bound[name] != hash])`,
    headgate_override: `try("\${${RECEIPT}.override.owner}: \${${RECEIPT}.override.reason}", "-")`,
    headgate_statement: `try(join("\\n", [${STATEMENT.map((field) => `${RECEIPT}.${field}`).join(", ")}, try(${RECEIPT}.live.stamp, "-"), local.headgate_override]), "")`,
    headgate_max_age: `local.headgate_override == "-" ? ${maxAge} : "${OVERRIDE_AGE}"`,
  };
}

/** Fields of the sealed statement, in its order; the live proof and the override follow. */
const STATEMENT = [
  "schema",
  "stack",
  "environment",
  "verdict",
  "proof",
  "contract",
  "configuration.digest",
  "tool",
  "at",
] as const;

/**
 * Conditions of the gate. Each lets everything pass while Terraform applies: a no-op resource's conditions are checked
 * again then, and failing in the middle would come after the first destroys. Where there is no receipt, only the first
 * speaks.
 */
export function gatePreconditions({ stack, command, key, requireKey }: Omit<GateInputs, "variables" | "maxAge">): {
  [name: string]: Precondition;
} {
  const run = `Run: \${${command}}`;
  // A person reads the first few; the receipt has more.
  const firstOf = (name: string): string =>
    `try(slice(${RECEIPT}.${name}, 0, min(${MOST_LINES}, length(${RECEIPT}.${name}))), [])`;
  const field = (name: string, otherwise = '""'): string => `try(${RECEIPT}.${name}, ${otherwise})`;
  return {
    receipt: {
      condition: `terraform.applying || ${field("schema")} == "${RECEIPT_SCHEMA}"`,
      message: `No receipt of the gate stands beside this configuration (${RECEIPT_FILE}, ${RECEIPT_SCHEMA}). ${run}`,
    },
    stack: {
      condition: whenFound(`${field("stack")} == ${stack}`),
      message: `The receipt speaks of stack \${${field("stack", '"(none)"')}}, and this is \${${stack}}. ${run}`,
    },
    configuration: {
      condition: whenFound(`${field("configuration.digest")} == local.headgate_digest`),
      message: `The gate looked at another configuration than this one. Different: \${join(", ", local.headgate_differing)}. ${run}`,
    },
    age: {
      condition: whenFound(
        `try(timecmp(plantimestamp(), timeadd(${RECEIPT}.at, local.headgate_max_age)) < 0 && timecmp(${RECEIPT}.at, timeadd(plantimestamp(), "${CLOCK_SKEW}")) < 0, false)`,
      ),
      message: `The receipt is of \${${field("at", '"no time"')}}, and holds for \${local.headgate_max_age}. ${run}`,
    },
    verdict: {
      condition: whenFound(`${field("verdict")} == "pass" || local.headgate_override != "-"`),
      message: `The gate says \${${field("verdict", '"nothing"')}}: \${${field("summary")}}\n\${join("\\n", ${firstOf("failing")})}\n${run}`,
    },
    seal: {
      condition: whenFound(
        `(${key} == "" ? !${requireKey} : ${field("mac")} == sha256("\${${key}}\${sha256("\${${key}}\${local.headgate_statement}")}"))`,
      ),
      message: `The receipt is not sealed with the key that this run was given. With the same key, run: \${${command}}`,
    },
  };
}

/** What a precondition on a live proof rests on. */
export interface LiveInputs {
  /** Stamp of what the edge that users meet is built from. */
  readonly stamp: string;
  /** Expression: the stamp of the very first apply, which Terraform remembers; unknown while that apply is planned. */
  readonly first: string;
  /** Expression: what whoever is stopped should run. */
  readonly command: string;
}

/**
 * Of the edge that users meet: what it is built from was probed where it runs. What was applied first, where nothing was
 * there to protect, needs no proof: the condition is unknown in that plan, which lets it through, and known from then on.
 */
export function livePrecondition({ stamp, first, command }: LiveInputs): Precondition {
  return {
    condition: whenFound(
      `try(${RECEIPT}.live.stamp, "") == "${stamp}" || ${first} == "${stamp}" || local.headgate_override != "-"`,
    ),
    message: `The release that is to answer on the public edge was not probed where it runs: its stamp is ${stamp.slice(0, 12)}…, and the receipt has a live proof of \${try(substr(${RECEIPT}.live.stamp, 0, 12), "nothing")}. Put the release.json of the last promotion back, or promote: \${${command}}`,
  };
}

/** A warning in every plan and apply that rests on an override. */
export function overrideAssertion(): Precondition {
  return {
    condition: `local.headgate_override == "-"`,
    message: `OVERRIDDEN by \${local.headgate_override}. The gate said \${try(${RECEIPT}.verdict, "nothing")}: \${try(${RECEIPT}.summary, "")}`,
  };
}

function whenFound(condition: string): string {
  return `terraform.applying || !local.headgate_found || ${condition}`;
}
