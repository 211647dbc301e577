import { convert } from "../convert.ts";
import { bool, typeOf } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { typeName } from "../type.ts";
import type { Type } from "../type.ts";
import { own } from "./function.ts";
import type { Func, FunctionTable } from "./function.ts";

/** Functions that convert a value. What is sensitive stays as it is: nothing here prints a value. */
export const CONVERSION: FunctionTable = {
  tobool: to("bool"),
  tolist: to({ kind: "list", element: "any" }),
  tomap: to({ kind: "map", element: "any" }),
  tonumber: to("number"),
  toset: to({ kind: "set", element: "any" }),
  tostring: to("string"),
  nonsensitive: own(["any"], ([value]) => value!),
  sensitive: own(["any"], ([value]) => value!),
  ephemeralasnull: own(["any"], ([value]) => value!),
  issensitive: own(["any"], () => bool(false)),
};

function to(type: Type): Func {
  return own(["any"], ([value]): Evaluated => {
    try {
      return convert(value!, type);
    } catch (cause) {
      if (cause instanceof EvaluationError)
        throw new EvaluationError(`cannot convert ${typeName(typeOf(value!))} to ${typeName(type)}: ${cause.message}`);
      throw cause;
    }
  });
}
