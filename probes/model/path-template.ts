/** A template of a path with the names of its variables (fact U13). */
export interface PathTemplate {
  readonly pattern: RegExp;
  /** Operators: `*`, `**`, and variables of either. */
  readonly operators: number;
}

const OPERATOR = /\{([A-Za-z_]\w*)(?:=(\*\*|\*))?\}|\*\*|\*/g;

/**
 * `/a/{name=*}/**` as a pattern: `*` is one segment, `**` is any number of them, a variable is named. Undefined for what
 * is none that is known: behind `**` no other operator may stand, as Envoy has it, and two in one segment are not read,
 * so that no match takes long.
 */
export function pathTemplate(text: string): PathTemplate | undefined {
  if (!text.startsWith("/")) return undefined;
  let operators = 0;
  let at = 0;
  let source = "^";
  for (const found of text.matchAll(OPERATOR)) {
    const [whole, name, own = name === undefined ? whole : "*"] = found;
    const before = text.slice(at, found.index);
    if (source.includes(".*") || (operators > 0 && !before.includes("/"))) return undefined;
    const body = own === "**" ? ".*" : "[^/]+";
    source += literal(before) + (name === undefined ? body : `(?<${name}>${body})`);
    at = found.index + whole.length;
    operators += 1;
  }
  const rest = text.slice(at);
  if (/[{}*]/.test(text.replace(OPERATOR, ""))) return undefined;
  try {
    return { pattern: new RegExp(`${source}${literal(rest)}$`), operators };
  } catch {
    // Two variables of one name.
    return undefined;
  }
}

/** A rewrite template with the variables of a match filled in; undefined where it names another one. */
export function filled(template: string, groups: Readonly<Record<string, string>>): string | undefined {
  let isWhole = true;
  const text = template.replace(/\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(groups, name)) isWhole = false;
    return groups[name] ?? "";
  });
  return isWhole ? text : undefined;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
