import { toInteger } from "./big-float.ts";
import { convert } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { from, isCollection, isKeyed, tuple, unknownAt, unknownIn } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";

/** `of.name`. @throws EvaluationError where the value has no such attribute. */
export function attributeOf(of: Evaluated, name: string): Evaluated {
  if (of.kind === "instance") {
    const found = of.instance.attribute(name);
    if (found === undefined)
      throw new EvaluationError(`${of.instance.address} has no attribute ${JSON.stringify(name)}`);
    return found;
  }
  if (of.kind === "unknown") return extended(of, `.${name}`);
  if (of.kind === "null") throw new EvaluationError(`has no attribute ${JSON.stringify(name)}: the value is null`);
  if (!isKeyed(of))
    throw new EvaluationError(`has no attribute ${JSON.stringify(name)}: a ${of.kind} does not have attributes`);
  const found = of.entries.get(name);
  if (found === undefined)
    throw new EvaluationError(`this ${of.kind} does not have an attribute named ${JSON.stringify(name)}`);
  return inside(of, found, `.${name}`);
}

/** `of[key]`. @throws EvaluationError where the value has no such element. */
export function elementOf(of: Evaluated, key: Evaluated): Evaluated {
  if (of.kind === "null") throw new EvaluationError("a null value does not have any indices");
  if (key.kind === "null") throw new EvaluationError("a null value cannot be used as an index");
  if (of.kind === "set")
    throw new EvaluationError("elements of a set are identified only by their value and have no index");
  const openKey = unknownIn(key);
  if (openKey !== undefined) return { ...openKey, type: "any", origin: undefined };
  if (of.kind === "unknown") return extended(of, `[${spelled(key)}]`);
  if (of.kind === "instance") return attributeOf(of, keyText(key));
  if (isKeyed(of)) {
    const found = of.entries.get(keyText(key));
    if (found === undefined)
      throw new EvaluationError(`there is no element with the key ${JSON.stringify(keyText(key))}`);
    return inside(of, found, `[${spelled(key)}]`);
  }
  if (!isCollection(of)) throw new EvaluationError(`a ${of.kind} does not have any indices`);
  const index = convert(key, "number");
  const at = index.kind === "number" ? toInteger(index.value) : undefined;
  const found = at === undefined || at < 0n ? undefined : of.items[Number(at)];
  if (found === undefined)
    throw new EvaluationError(`there is no element ${spelled(key)}: the collection has ${of.items.length}`);
  return inside(of, found, `[${spelled(key)}]`);
}

/** The values that `of[*]` stands for; undefined where they are not known. */
export function splatItems(of: Evaluated): readonly Evaluated[] | undefined {
  if (of.kind === "null") return [];
  if (of.kind === "unknown") return undefined;
  return isCollection(of) ? of.items.map((item, index) => inside(of, item, `[${index}]`)) : [of];
}

/** The result of a splat over these items. */
export function splatted(of: Evaluated, items: readonly Evaluated[]): Evaluated {
  const result = tuple(items);
  return of.kind === "list" || of.kind === "set" ? convert(result, { kind: "list", element: "any" }) : result;
}

function keyText(key: Evaluated): string {
  const converted = convert(key, "string");
  if (converted.kind === "string") return converted.value;
  throw new EvaluationError("an index must be a text or a number");
}

function spelled(key: Evaluated): string {
  const text = keyText(key);
  return key.kind === "string" ? JSON.stringify(text) : text;
}

/** Something inside what was read from an attribute was read from there too. */
function inside(of: Evaluated, found: Evaluated, step: string): Evaluated {
  if (of.origin === undefined || found.origin !== undefined) return found;
  return from(found, { address: of.origin.address, attribute: `${of.origin.attribute}${step}` });
}

function extended(of: Extract<Evaluated, { kind: "unknown" }>, step: string): Evaluated {
  const open = unknownAt(of)!;
  const { origin } = of;
  const expression = open.expression === undefined ? undefined : `${open.expression}${step}`;
  const read = origin === undefined ? undefined : { address: origin.address, attribute: `${origin.attribute}${step}` };
  return { ...open, type: "any", expression, origin: read };
}
