import * as z from "zod";
import { isFieldValue } from "../http/token.ts";

/** Ids are also Terraform and Cloud Run names: lower case, digits and hyphens, at most 30 characters. */
const ID = /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/;
const DURATION = /^(\d+)(ms|s|m|h)$/;
const IMAGE_DIGEST = /^[a-z0-9][a-z0-9._\-/:]*@sha256:[0-9a-f]{64}$/;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a duration such as `400ms`, `5s`, `30m` or `1h`. */
export function durationMs(text: string): number {
  const [, amount = "0", unit = "ms"] = DURATION.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** Milliseconds → the same as a duration, in the longest unit that takes it whole: `15m`. */
export function durationText(ms: number): string {
  const units = Object.entries(UNIT_MS).reverse();
  const [unit, length] = units.find(([, each]) => ms % each === 0)!;
  return `${ms / length}${unit}`;
}

export const id = z
  .string()
  .regex(ID, "an id starts with a letter and has lower-case letters, digits and hyphens, at most 30");
export const duration = z.string().regex(DURATION, "a duration is a whole number and a unit: 400ms, 5s, 30m, 1h");
export const text = z.string().min(1, "must not be empty");
/** A text without variables: Terraform would read `${` and `%{` as its own. */
export const plainText = text.refine((value) => !/[$%]\{/.test(value), "holds a variable, and there are none here");
export const headerText = text
  .refine(isFieldValue, "a header value is one line of visible characters")
  .refine((value) => value === value.trim(), "outer blanks are no part of a header value (RFC 9110 §5.5)");

const BY_DIGEST =
  "an image is named by digest, because a tag can move: region-docker.pkg.dev/project/repo/image@sha256:<64 hex digits>";
export const imageReference = z.string(BY_DIGEST).regex(IMAGE_DIGEST, BY_DIGEST);
/** Names of environment variables; Cloud Run sets the first four itself. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "an environment variable has letters, digits and underscores, and no digit first")
  .refine(
    (name) => !/^(PORT|K_SERVICE|K_REVISION|K_CONFIGURATION)$/.test(name),
    "Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
  );
export const variables = z.record(variableName, z.string());
const BY_VERSION = "a secret is pinned by version number: `latest` would change under a running service";
export const secretRef = z.strictObject({
  secret: z
    .string()
    .regex(
      /^(projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/secrets\/)?[A-Za-z0-9_-]{1,255}$/,
      "a secret is named NAME, or projects/PROJECT/secrets/NAME",
    ),
  version: z
    .union([z.int(), z.string()], BY_VERSION)
    .refine((version) => /^[1-9]\d*$/.test(String(version)), BY_VERSION),
});
export const secrets = z.record(variableName, secretRef);
/** Keys that an environment may override. */
export const scaling = {
  "min-instances": z.int().min(0),
  "max-instances": z.int().min(1),
};
