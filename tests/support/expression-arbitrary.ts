import fc from "fast-check";

const NUMBERS = ["0", "1", "2", "-3", "0.1", "2.5", "7", "1e3", "0.3333", "123456789", '"5"'];
const TEXTS = ['""', '"a"', '"b c"', '"é"', '"true"', '"12"', '"a,b"', '"x${1 + 1}y"'];
const BOOLS = ["true", "false", '"true"', "!false"];

/** Expressions without names, by the type that they should have; what does not fit is refused by both sides alike. */
const { any } = fc.letrec<{ any: string; number: string; text: string; bool: string; list: string; object: string }>(
  (tie) => {
    const call = (name: string, ...args: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
      fc.tuple(...args).map((values) => `${name}(${values.join(", ")})`);
    const one = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
    const operation = (left: fc.Arbitrary<string>, operators: readonly string[], right: fc.Arbitrary<string>) =>
      fc.tuple(left, one(operators), right).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
    // Of a branch that fails and is not taken, Terraform may still know the type: these cannot fail.
    const chosen = (...values: readonly string[]): fc.Arbitrary<string> =>
      fc.tuple(tie("bool"), one(values), one(values)).map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
    const { number, text, bool, list, object } = {
      number: tie("number"),
      text: tie("text"),
      bool: tie("bool"),
      list: tie("list"),
      object: tie("object"),
    };
    const depth = { maxDepth: 4, depthSize: "small" } as const;
    return {
      any: fc.oneof(depth, number, text, bool, list, object, chosen(...NUMBERS, ...TEXTS)),
      number: fc.oneof(
        depth,
        one(NUMBERS),
        operation(number, ["+", "-", "*"], number),
        fc.tuple(number, one(["/", "%"]), one(["2", "3", "0.7"])).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
        call("length", tie("any")),
        call("max", number, number),
        call("floor", number),
        call("sum", list),
        chosen(...NUMBERS),
      ),
      text: fc.oneof(
        depth,
        one(TEXTS),
        fc.tuple(text, tie("any")).map(([a, b]) => `"<\${${a}}-\${${b}}>"`),
        fc.tuple(bool, text, text).map(([a, b, c]) => `"%{ if ${a} }\${${b}}%{ else }\${${c}}%{ endif }"`),
        call("upper", text),
        call("join", text, list),
        call("jsonencode", tie("any")),
        call("format", one(['"%s"', '"%v|"', '"%5s"', '"%q"']), tie("any")),
        call("replace", text, text, text),
        call("tostring", tie("any")),
        chosen(...TEXTS),
      ),
      bool: fc.oneof(
        depth,
        one(BOOLS),
        operation(number, ["<", "<=", ">", ">="], number),
        operation(tie("any"), ["==", "!="], tie("any")),
        operation(bool, ["&&", "||"], bool),
        call("contains", list, tie("any")),
        call("can", tie("any")),
        call("alltrue", list),
      ),
      list: fc.oneof(
        depth,
        fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
        fc.tuple(tie("any"), list).map(([body, over]) => `[for i, v in ${over} : [i, v, ${body}]]`),
        fc.tuple(list, one(TEXTS)).map(([over, other]) => `[for v in ${over} : v if v != ${other}]`),
        call("concat", list, list),
        call("flatten", list),
        call("distinct", list),
        call("tolist", list),
        call("toset", list),
        call("sort", list),
        call("reverse", list),
        call("keys", object),
        call("values", object),
        call("split", one(['","', '""', '"a"']), text),
        fc.tuple(list).map(([over]) => `${over}[*]`),
        chosen("[]", "[1]", '["a", true]'),
      ),
      object: fc.oneof(
        depth,
        fc
          .array(fc.tuple(one(["a", "b", "c"]), tie("any")), { maxLength: 3 })
          .map((entries) => `{ ${entries.map(([key, value]) => `${key} = ${value}`).join(", ")} }`),
        fc.tuple(list).map(([over]) => `{ for i, v in ${over} : "k\${i}" => v }`),
        fc.tuple(list).map(([over]) => `{ for v in ${over} : jsonencode(v) => v... }`),
        call("merge", object, object),
        call("tomap", object),
        call("try", object, object),
        chosen("{}", "{ a = 1 }", '{ a = "x", b = 2 }'),
      ),
    };
  },
);

export const pureExpression = any;
