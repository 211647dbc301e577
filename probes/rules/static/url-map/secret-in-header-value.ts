import { createHash } from "node:crypto";
import type { Provenance } from "../../../facts/provenance.ts";
import { PLACEHOLDER } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs } from "../levels.ts";
import { customHeaders } from "../reading.ts";

/** Names whose value is a secret wherever it is fixed. */
const NAMES =
  /^(authorization|proxy-authorization|x-serverless-authorization|cookie|.*(api-?key|secret|token|password|passwd)(-.*)?)$/i;
/** Texts that are a secret under whatever name: JWT, keys of Google, AWS, GitHub, Slack and Stripe. */
const SHAPES = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /\bAIza[\w-]{35}\b/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_\w{36,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\b[sr]k_(live|test)_\w{16,}/,
];
/** Shorter ones are words. */
const LEAST = 12;

export const secretInHeaderValue = defineStaticRule({
  id: "secret-in-header-value",
  title: "a secret in clear in a header's value",
  severity: "warning",
  found: "run",
  because:
    "It stands in the repository, in the state, in every plan and in the project's audit log, and is sent on for everybody.",
  fix: "Revoke it, and let the service prove who asks: by IAM, by a secret of Secret Manager in the service, or by its ingress.",
  sources: ["V4", "U4"],
  check: (subject) => {
    const written = [
      ...levelActs(subject).filter(({ kind }) => kind === "add"),
      ...customHeaders(subject.graph).flatMap((header) => ("kind" in header ? [] : [header])),
    ];
    return written.flatMap((header) => (isSecret(header) ? [said(header)] : []));
  },
});

interface Written {
  readonly name: string;
  readonly value: string;
  readonly by: Provenance;
}

function isSecret({ name, value }: Written): boolean {
  // What comes from elsewhere, or differs from client to client, is no secret that stands here.
  if (value.includes(PLACEHOLDER) || /\{[a-z0-9_]+\}/.test(value)) return false;
  if (SHAPES.some((shape) => shape.test(value))) return true;
  const secret = value.replace(/^(Bearer|Basic|Token)\s+/i, "");
  return NAMES.test(name) && secret.length >= LEAST && /^[\w.~+/=-]+$/.test(secret);
}

/** Never the value itself: its length, and what tells it from another. */
function said({ name, value, by }: Written) {
  const fingerprint = createHash("sha256").update(value).digest("hex").slice(0, 8);
  return found(by, `${name} holds a fixed secret (${value.length} characters, sha256 ${fingerprint})`);
}
