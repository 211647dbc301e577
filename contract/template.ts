/** The variables that a `send` template may hold. */
export const TEMPLATE_VARIABLES = ["token", "token:base64url", "nonce"] as const;
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number];

const VARIABLE = /\$\{([^}]*)\}/g;

/** Names of all `${…}` in a template, in order, known or not. */
export function variablesOf(template: string): string[] {
  return [...template.matchAll(VARIABLE)].map((match) => match[1]!);
}

/** The template with each variable filled in; unknown ones were refused when the contract was parsed. */
export function fillTemplate(template: string, values: Readonly<Record<TemplateVariable, string>>): string {
  return template.replace(VARIABLE, (whole, name: string) =>
    name in values ? values[name as TemplateVariable] : whole,
  );
}

/** True when the template carries the credential in either form. */
export function carriesToken(template: string | undefined): boolean {
  return template !== undefined && variablesOf(template).some((name) => name.startsWith("token"));
}
