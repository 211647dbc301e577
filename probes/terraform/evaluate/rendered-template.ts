import { ConfigurationError } from "../configuration-error.ts";
import { hclParser } from "../syntax/hcl.ts";
import { placesOf } from "../syntax/place.ts";
import type { Place } from "../syntax/syntax.ts";
import { convert } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { isKeyed, unknownAt } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import { bytesOf } from "./functions/filesystem.ts";
import { utf8 } from "./functions/encoding.ts";
import { bind } from "./scope.ts";
import type { Evaluate, Scope } from "./scope.ts";

/**
 * `templatefile` and `templatestring`: a template of which the names are the entries of an object.
 * @throws EvaluationError for a file that may not be read, a text that is no template, and a name that is not given.
 */
export function rendered(
  name: "templatefile" | "templatestring",
  args: readonly Evaluated[],
  scope: Scope,
  evaluate: Evaluate,
): Evaluated {
  const [source, given] = args;
  if (source === undefined || given === undefined || args.length > 2)
    throw new EvaluationError(`${name}: takes two arguments, and has ${args.length}`);
  const open = unknownAt(source) ?? unknownAt(given);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  const written = convert(source, "string");
  if (written.kind !== "string" || !isKeyed(given))
    throw new EvaluationError(`${name}: takes a text and an object of variables`);
  const isFile = name === "templatefile";
  const text = isFile ? utf8(bytesOf(written.value, scope)) : written.value;
  const inner = [...given.entries].reduce((outer, [key, value]) => bind(outer, key, value), emptyScope(scope));
  return evaluate(parsed(text, isFile ? written.value : "(template)"), inner);
}

function parsed(text: string, file: string) {
  try {
    return hclParser.parseTemplateAt(text, placesOf(text, file));
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw new EvaluationError(`is no template: ${cause.message}`);
    throw cause;
  }
}

function emptyScope({ run, address }: Scope): Scope {
  const refuse = (name: string, at: Place): never => {
    const error = new EvaluationError(`the template uses ${name}, which it is not given`);
    error.at = at;
    throw error;
  };
  return {
    run: { budget: run.budget, files: run.files, problem: (reason, at) => refuse(reason.split(" ")[0]!, at) },
    module: {
      resolve: (root, _, expression) => refuse(root, expression.at),
      data: (_type, _name, expression) => refuse("data", expression.at),
    },
    bindings: undefined,
    address,
  };
}
