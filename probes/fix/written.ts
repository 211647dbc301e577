import type { Written } from "../facts/finding.ts";

/** A value as HCL writes it. */
export function writtenInHcl(value: Written): string {
  if (typeof value === "object") return value.expression;
  if (typeof value !== "string") return String(value);
  const escaped = value
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replace(/[$%](?=\{)/g, "$&$&");
  return `"${escaped}"`;
}

/** A value as YAML writes it; a text in quotes only where it would be something else without. */
export function writtenInYaml(value: Written): string {
  if (typeof value === "object") return value.expression;
  if (typeof value !== "string") return String(value);
  const isPlain = /^[A-Za-z_/][\w./ -]*[\w/]$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
