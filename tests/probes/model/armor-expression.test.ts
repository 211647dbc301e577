import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, headersRead } from "../../../probes/model/armor-expression.ts";
import type { ArmorSubject, Truth } from "../../../probes/model/armor-expression.ts";
import { parseArmorExpression } from "../../../probes/model/armor-parser.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  "x-a": ["One"],
  "x-twice": ["1", "2"],
  "x-empty": [""],
  upgrade: ["websocket"],
  "x-token": [PLACEHOLDER],
};
const subject = (more: Partial<ArmorSubject> = {}): ArmorSubject => ({
  clientAddress: "203.0.113.7",
  method: "GET",
  target: "/ws/a?b=c&d=/x",
  // As a request has them: names in any case.
  values: (name) => HEADERS[name.toLowerCase()] ?? [],
  ...more,
});
const truth = (text: string, more?: Partial<ArmorSubject>): Truth =>
  evaluate(parseArmorExpression(text), subject(more));

const WAF = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1, 'opt_out_rule_ids': ['a', 'b']})";

describe("an expression of Cloud Armor", () => {
  it.each([
    ["true", true],
    ["false", false],
    ["!true", false],
    ["!!true", true],
    ["(true)", true],
    ["((false) || (true))", true],
    ["inIpRange(origin.ip, '203.0.113.0/24')", true],
    ['inIpRange( origin.ip , "203.0.114.0/24" )', false],
    ["request.path == '/ws/a'", true],
    ["'/ws/a' == request.path", true],
    ["request.path != '/ws/a'", false],
    ["request.path.startsWith('/ws/')", true],
    ["request.path.endsWith('/a')", true],
    ["request.path.endsWith('c')", false],
    ["request.path.contains('s/')", true],
    ["request.query == 'b=c&d=/x'", true],
    ["request.query.contains('path')", false],
    ["request.method == 'GET'", true],
    ["request.method.lower() == 'get'", true],
    ["request.headers['x-a'] == 'One'", true],
    ["request.headers['x-a'] == 'one'", false],
    ["request.headers['x-a'].lower() == 'one'", true],
    ["request.headers['x-a'].lower().startsWith('on')", true],
    ["request.headers['x-empty'] == ''", true],
    ["has(request.headers['x-a'])", true],
    ["has(request.headers['x-twice'])", true],
    ["has(request.headers['x-b'])", false],
    ["has(request.headers['X-A'])", false],
    [`request.headers['x-token'] == '${PLACEHOLDER}'`, true],
    ["request.path == '/it\\'s' || request.path == \"/ws/a\"", true],
    ["'it\\'s' == \"it's\"", true],
  ] as const)("%s is %s", (text, expected) => {
    expect(truth(text)).toBe(expected);
  });

  it("binds `!` before `&&` before `||`", () => {
    expect(truth("true || false && false")).toBe(true);
    expect(truth("(true || false) && false")).toBe(false);
    expect(truth("!false && false")).toBe(false);
    expect(truth("!(false && false)")).toBe(true);
  });

  it("takes what stands in a string for no syntax", () => {
    expect(truth("request.path == '&& true' || true")).toBe(true);
    expect(truth("request.path == ') || true || (' ")).toBe(false);
    expect(truth("request.path == '$0'", { target: "$0" })).toBe(true);
  });

  it("has an empty query where there is none", () => {
    expect(truth("request.query == ''", { target: "/ws" })).toBe(true);
    expect(truth("request.path == '/ws'", { target: "/ws" })).toBe(true);
  });
});

describe("a header that is not there", () => {
  it.each([
    "request.headers['x-b'] == ''",
    "request.headers['x-b'] != 'One'",
    "request.headers['x-b'].contains('')",
    "request.headers['x-b'].lower() == 'one'",
    "request.headers['X-A'] == 'One'",
    "request.headers['x-b'] == 'a' && true",
    `request.headers['x-b'] == 'a' && ${WAF}`,
  ])("makes %s false", (text) => {
    expect(truth(text)).toBe(false);
  });

  it("does not spoil what is true beside it", () => {
    expect(truth("request.headers['x-b'] == 'a' || true")).toBe(true);
    expect(truth(`request.headers['x-b'] == 'a' || ${WAF}`)).toBe("unknown");
  });

  it("is not guessed at once it is negated", () => {
    expect(truth("!(request.headers['x-b'] == 'a')")).toBe("unknown");
    expect(truth("!has(request.headers['x-b'])")).toBe(true);
  });
});

describe("what is not evaluated", () => {
  it.each([
    WAF,
    "evaluatePreconfiguredExpr('xss-stable')",
    "request.path.matches('(?i:bad)')",
    "origin.region_code == 'US'",
    "origin.asn > 10",
    "request.headers['x-twice'] == '1,2'",
    "request.headers['upgrade'] == 'websocket'",
    "has(request.headers['upgrade'])",
    "inIpRange(origin.ip, 'nonsense')",
    "inIpRange(origin.user_ip, '203.0.113.0/24')",
    "request.path.lower().urlDecode() == '/ws/a'",
    "request.path + 'x' == '/ws/ax'",
    "int(request.headers['x-a']) == 1",
    "request.path in ['/ws/a']",
    "tr ue",
    "request.pa th == '/ws/a'",
  ])("%s is unknown", (text) => {
    expect(truth(text)).toBe("unknown");
    expect(truth(`!(${text})`)).toBe("unknown");
    expect(truth(`false && ${text}`)).toBe(false);
    expect(truth(`true || ${text}`)).toBe(true);
    expect(truth(`(${text}) && true`)).toBe("unknown");
  });

  it.each(["//ws/a", "/ws\\a", "/ws/%61"])("the path %s may be folded or decoded before", (target) => {
    expect(truth("request.path.startsWith('/ws')", { target })).toBe("unknown");
    expect(truth("request.method == 'GET'", { target })).toBe(true);
  });

  it.each([
    "",
    "true true ||",
    "true &&",
    "|| true",
    "(true",
    "true)",
    "true ? false : true",
    "false && true ? true : true",
    "false && 'open",
    "false && r'raw' == `x`",
    "false && f(]",
    "false && 'a\\n' == 'b'",
    "(request.path).startsWith('/') || true",
    "false && // true",
  ])("%j is unknown as a whole, because its syntax is not understood", (text) => {
    expect(truth(text)).toBe("unknown");
  });

  it("an upgrade is not held up by rules that look at plain requests alone", () => {
    const rule = `!request.path.startsWith('/ws/') && ${WAF}`;
    expect(truth(rule)).toBe(false);
    expect(truth(rule, { target: "/api" })).toBe("unknown");
  });
});

it("names the headers that it reads", () => {
  const text = "has(request.headers['a']) || !('x' == request.headers['b'].lower() && request.path == '/') || true";
  expect(headersRead(parseArmorExpression(text))).toEqual(["a", "b"]);
});

describe("whatever is written", () => {
  const piece = fc.constantFrom(
    "true",
    "false",
    "!",
    "(",
    ")",
    "&&",
    "||",
    "f(",
    "'",
    "==",
    "request.path",
    "{",
    ",",
    " ",
  );

  it("parsing ends, and is never wrong about a constant", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect([true, false, "unknown"]).toContain(truth(pieces.join(" ")));
      }),
    );
  });

  it("agrees with JavaScript on expressions of constants", () => {
    const constant = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom("true", "false"),
        tie("any").map((inner) => `!(${inner})`),
        fc.tuple(tie("any"), fc.constantFrom("&&", "||"), tie("any")).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      ),
    })).any;
    fc.assert(
      fc.property(constant, (text) => {
        // eslint-disable-next-line @typescript-eslint/no-implied-eval
        expect(truth(text)).toBe(new Function(`return ${text}`)() as boolean);
      }),
    );
  });
});
