/** `${` and `%{` start a template in Terraform; doubled, they stand for themselves. */
export function escapeTemplate(value: string): string {
  // A replacer function, because `$$` in a replacement text stands for one `$`.
  return value.replaceAll("${", () => "$${").replaceAll("%{", () => "%%{");
}
