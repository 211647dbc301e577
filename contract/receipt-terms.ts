import * as z from "zod";

/** What receipts, live proofs and releases are written in. */
export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256 in hexadecimal digits");
/** One line: a keyed digest joins fields by line ends, and Terraform quotes them in a message. */
export const line = z.string().regex(/^[^\p{Cc}\u2028\u2029]+$/u, "must be one line of text");
/** As Terraform's `timecmp` reads it: RFC 3339 in UTC, whole seconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "is no time of the form 2026-01-31T23:59:59Z")
  .refine((text) => !Number.isNaN(Date.parse(text)), "is no time that there is");
/** Ed25519: which key, and the signature in base64. */
export const signature = z.strictObject({ key: line, value: line });

export type Signature = z.infer<typeof signature>;

/** Time as these files hold it. */
export function receiptTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
