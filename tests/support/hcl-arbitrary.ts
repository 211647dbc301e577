import fc from "fast-check";

// prettier-ignore
const NAMES = ["a", "b-c", "_x", "if", "for", "in", "else", "endif", "null", "true", "false", "var", "each", "é", "a1", "E", "e"];
// prettier-ignore
const NUMBERS = ["0", "1", "42", "1.5", "0.25", "1e3", "1E+2", "2.5e-1", "007"];
// prettier-ignore
const OPERATORS = ["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"];

const name = fc.constantFrom(...NAMES);
const blank = fc.constantFrom("", "", "", " ", "  ", "\t");
/** White space where a newline means nothing. */
const space = fc.constantFrom("", "", "", " ", "\n", "\r\n", " # c }\n", " /* \n ] */ ", "// x\n");

function join(...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((all) => all.join(""));
}

function list(item: fc.Arbitrary<string>, separator: fc.Arbitrary<string>, most = 3): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(item, separator), { maxLength: most })
    .map((all) => all.map(([one, after], index) => (index === all.length - 1 ? one : one + after)).join(""));
}

// prettier-ignore
const quotedPiece = fc.constantFrom(
  ...["x", " ", "  ", "é", "e\u0301", "😀", "$", "%", "$$", "%%", "$${", "%%{", "$$${", "%%%{", "$%", "\\n", "\\t", '\\"'],
  ...["\\\\", "\\u00e9", "\\U0001F600", "#", "//", "/*", "{", "}", "\\r", "~", "'", "`", "$${~"],
);
// prettier-ignore
const heredocPiece = fc.constantFrom(
  ...["x", " ", "  ", "\t", "é", "$", "%", "$$", "$${", "%%{", "$$${", "\\n", '"', "#", "{", "}", "\n", "\n", "\n  ", "\n    ", "\r\n"],
  ...["EOT", "\n EOTX", "\u00a0", "\u2003", "~"],
);

const strip = fc.constantFrom("", "", "~");

/** Expressions as people write them and as nobody does; newlines stand only where the language takes them for space. */
export const { expression } = fc.letrec<{ expression: string; term: string; template: string; heredocBody: string }>(
  (tie) => {
    const e = tie("expression");
    const term = tie("term");
    const template = (piece: fc.Arbitrary<string>, inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      list(
        fc.oneof(
          { weight: 4, arbitrary: piece },
          { weight: 2, arbitrary: join("${", strip, blank, e, blank, strip, "}") },
          {
            weight: 1,
            arbitrary: join("%{", strip, " if ", e, " ", strip, "}", inner, "%{", strip, "endif", strip, "}"),
          },
          {
            weight: 1,
            arbitrary: join("%{", strip, " if ", e, strip, "}", inner, "%{ else ", strip, "}", inner, "%{ endif }"),
          },
          {
            weight: 1,
            arbitrary: join(
              "%{",
              strip,
              "for ",
              name,
              ", ",
              name,
              " in ",
              e,
              strip,
              "}",
              inner,
              "%{endfor ",
              strip,
              "}",
            ),
          },
          { weight: 1, arbitrary: join("%{for ", name, " in ", e, "}", inner, "%{endfor}") },
        ),
        fc.constant(""),
        5,
      );
    const step = fc.oneof(
      join(".", name),
      join(".", fc.constantFrom("0", "12")),
      join("[", space, e, space, "]"),
      fc.constant("[*]"),
      fc.constant(".*"),
    );
    const separator = join(space, ",", space);
    const entry = join(
      fc.oneof(
        { weight: 3, arbitrary: name },
        { weight: 1, arbitrary: join("(", e, ")") },
        { weight: 1, arbitrary: term },
      ),
      blank,
      fc.constantFrom("=", ":"),
      blank,
      e,
    );
    const forIntro = join(
      "for ",
      space,
      fc.oneof(name, join(name, ",", space, name)),
      " in ",
      space,
      e,
      space,
      ":",
      space,
    );
    const condition = fc.oneof(fc.constant(""), join(" if ", e));
    return {
      expression: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        term,
        join(term, blank, fc.constantFrom(...OPERATORS), blank, e),
        join(term, " ? ", e, " : ", e),
      ),
      term: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        { weight: 3, arbitrary: name },
        { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
        { weight: 2, arbitrary: join('"', list(quotedPiece, fc.constant("")), '"') },
        { weight: 3, arbitrary: join(name, list(step, fc.constant(""))) },
        { weight: 1, arbitrary: join(term, step) },
        { weight: 2, arbitrary: join('"', tie("template"), '"') },
        {
          weight: 1,
          arbitrary: join(fc.constantFrom("<<EOT", "<<-EOT"), "\n", tie("heredocBody"), "\n", blank, "EOT\n"),
        },
        { weight: 1, arbitrary: join(fc.constantFrom("-", "!", "- "), term) },
        { weight: 1, arbitrary: join("(", space, e, space, ")") },
        { weight: 1, arbitrary: join("[", space, list(e, separator), space, "]") },
        {
          weight: 1,
          arbitrary: join("{", space, list(entry, fc.constantFrom(",", "\n", " # c\n", ",\n", "\n\n")), blank, "}"),
        },
        { weight: 1, arbitrary: join("[", space, forIntro, e, condition, space, "]") },
        {
          weight: 1,
          arbitrary: join("{", space, forIntro, e, " => ", e, fc.constantFrom("", "..."), condition, space, "}"),
        },
        {
          weight: 2,
          arbitrary: join(
            fc.constantFrom("f", "a::b"),
            "(",
            space,
            list(e, separator),
            fc.constantFrom("", "", ",", "..."),
            space,
            ")",
          ),
        },
      ),
      template: template(quotedPiece, tie("template")),
      heredocBody: template(heredocPiece, tie("heredocBody")),
    };
  },
);

const simple = join("${", strip, fc.constantFrom("a", " b ", " c"), strip, "}");

function simpleTemplate(piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const inner = list(fc.oneof({ weight: 3, arbitrary: piece }, simple), fc.constant(""), 4);
  const directive = fc.oneof(
    join("%{", strip, " if a ", strip, "}", inner, "%{", strip, "endif", strip, "}"),
    join(
      "%{",
      strip,
      " if a ",
      strip,
      "}",
      inner,
      "%{",
      strip,
      "else",
      strip,
      "}",
      inner,
      "%{",
      strip,
      "endif",
      strip,
      "}",
    ),
    join("%{", strip, " for k, v in a ", strip, "}", inner, "%{", strip, "endfor", strip, "}"),
  );
  return list(
    fc.oneof({ weight: 5, arbitrary: piece }, { weight: 2, arbitrary: simple }, directive),
    fc.constant(""),
    8,
  );
}

/** Templates in quotes and heredocs whose expressions are names alone, so that the texts between them can be compared. */
export const templateText: fc.Arbitrary<string> = fc.oneof(
  join('"', simpleTemplate(quotedPiece), '"'),
  join(fc.constantFrom("<<EOT\n", "<<-EOT\n", "<<-EOT\r\n"), simpleTemplate(heredocPiece), "\n", blank, "EOT"),
);

const label = fc.oneof(name, join('"', list(quotedPiece, fc.constant("")), '"'));
const comment = fc.constantFrom("# c\n", "// é\n", "/* a\n b */\n", "\n", "");

/** Bodies: arguments with names that differ, blocks with labels, one-line blocks, comments. */
export const { body } = fc.letrec<{ body: string; block: string }>((tie) => ({
  body: fc
    .array(
      fc.tuple(
        fc.oneof(
          { depthSize: "small" },
          { weight: 2, arbitrary: join(blank, "=", blank, expression).map((rest) => ({ rest, isBlock: false })) },
          { weight: 1, arbitrary: tie("block").map((rest) => ({ rest, isBlock: true })) },
        ),
        comment,
      ),
      { maxLength: 4 },
    )
    .map((items) =>
      items
        .map(
          ([{ rest, isBlock }, after], index) =>
            `${isBlock ? "" : `k${index}`}${rest}${rest.endsWith("EOT\n") ? "" : "\n"}${after}`,
        )
        .join(""),
    ),
  block: fc.oneof(
    join(name, " ", list(label, fc.constant(" ")), " {\n", tie("body"), "}"),
    join(name, " { ", name, " = ", expression, " }"),
    join(name, " {}"),
  ),
}));

// prettier-ignore
const FRAGMENTS = [
  ...["\n", " ", "{", "}", "[", "]", "(", ")", '"', "${", "%{", "~}", "=", "==", "=>", ":", "::", "?", ".", "...", ",", "*", "/", "-", "!"],
  ...["&&", "||", "&", "|", "^", "~", "'", "`", ";", "@", "\\", "<<EOT\n", "<<-EOT\n", "EOT\n", "EOT", "#", "//", "/*", "*/", "for", "in", "if"],
  ...["else", "endif", "endfor", "a", "0", "1.", "0.1", "1e", "\r", "\r\n", "\u0000", "\ufeff", "é", "\t", "\u00a0", "$", "%", "$${", "null", "\\u12", "\\U0011ffff", "\\ud800"],
] as const;

/** Texts that are nearly HCL: a good one with pieces taken out, put in or doubled, and pieces of the language in any order. */
export const nearlyHcl: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        body,
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), fc.constantFrom(...FRAGMENTS)), {
          minLength: 1,
          maxLength: 3,
        }),
      )
      .map(([text, edits]) =>
        edits.reduce((all, [where, kind, fragment]) => {
          const at = Math.floor(where * all.length);
          if (kind === 0) return all.slice(0, at) + all.slice(at + 1 + Math.floor(where * 3));
          return all.slice(0, at) + (kind === 1 ? fragment : all.slice(at, at + 4)) + all.slice(at);
        }, text),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((all) => `a = ${all.join("")}\n`),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 10 }).map((all) => `a = "${all.join("")}"\n`),
  },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 10 }).map((all) => all.join("")) },
);
