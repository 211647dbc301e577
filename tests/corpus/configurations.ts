import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";

const oneOf = <Shape extends z.ZodType>(shape: Shape) => z.union([shape, z.array(shape).min(1)]);

const STATE = z.enum(["same", "added", "replaced", "appended", "removed", "absent", "unknown"]);

/** What must be true of one answer. Only what is stated is looked at; a list of choices means one of them. */
const expectation = z.strictObject({
  outcome: oneOf(
    z.enum([
      "backend",
      "redirect",
      "tls-error",
      "no-listener",
      "rejected-by-edge",
      "answered-by-edge",
      "fault-injected",
      "unknown",
    ]),
  ).optional(),
  backend: oneOf(z.string().nullable()).optional(),
  backends: z.array(z.strictObject({ backend: z.string(), weight: z.number() })).optional(),
  service: z.string().nullable().optional(),
  matchedBy: z.string().optional(),
  headers: z
    .record(
      z.string().regex(/^[a-z0-9-]+$/),
      z.strictObject({
        state: oneOf(STATE),
        /** null: a value that cannot be known. */
        arrives: z.array(z.string().nullable()).optional(),
        /** `file:line` or `file:first-last` of a line that acts. */
        at: oneOf(z.string().regex(/^[^:]+:\d+(-\d+)?$/)).optional(),
      }),
    )
    .optional(),
  /** Of an answer that the edge gives itself. */
  status: z.int().optional(),
  location: z.string().optional(),
  /** Regular expressions, each of which the reason of some unknown matches. */
  unknowns: z.array(z.string()).optional(),
  /** Each of which some reported refusal matches. */
  reported: z.array(z.string()).optional(),
  /** None of which any reported refusal matches. */
  noReport: z.array(z.string()).optional(),
  assumptions: z.record(z.string(), z.string()).optional(),
  /** An open question that the answer names, as an assumption or as an unknown. */
  open: z.string().optional(),
});

const request = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  method: z.string().optional(),
  url: z.string(),
  websocket: z.boolean().optional(),
  headers: z.record(z.string(), oneOf(z.string())).optional(),
  client: z.enum(["browser", "native"]).optional(),
  expect: expectation,
  /** Fact ids and rules of Terraform from which the expectation follows. */
  basis: z.array(z.string()).min(1),
});

const configuration = z.strictObject({
  about: z.string(),
  args: z.array(z.string()).optional(),
  source: z.string().optional(),
  /** Why Terraform is not asked (`offline: …`, `none: …`), or `refused: WORDS` that it says. */
  terraform: z
    .string()
    .regex(/^(offline|refused|none)\b/)
    .optional(),
  requests: z.array(request).min(6),
});

export type Expectation = z.infer<typeof expectation>;
export type CorpusRequest = z.infer<typeof request>;

export interface Configuration extends z.infer<typeof configuration> {
  readonly id: string;
  readonly folder: string;
}

const ROOT = resolve(import.meta.dirname);

/** Every folder of the corpus, in the order of their names. */
export const CONFIGURATIONS: readonly Configuration[] = readdirSync(ROOT)
  .sort()
  .filter((id) => existsSync(join(ROOT, id, "expect.json")))
  .map((id) => configurationOf(id));

/** @throws Error where there is no such folder */
export function configurationNamed(id: string): Configuration {
  const found = CONFIGURATIONS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`the corpus has no ${id}`);
  return found;
}

function configurationOf(id: string): Configuration {
  const folder = join(ROOT, id);
  const { success, data, error } = configuration.safeParse(
    JSON.parse(readFileSync(join(folder, "expect.json"), "utf8")),
  );
  if (!success) throw new Error(`${id}/expect.json: ${z.prettifyError(error)}`);
  return { ...data, id, folder };
}
