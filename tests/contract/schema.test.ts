import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { contractJsonSchema } from "../../contract/schema.ts";
import { EVERYTHING, REFERENCE, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const WRONG_VALUES: readonly BadContract[] = [
  {
    name: "a slip in arrives",
    from: "arrives: appended",
    to: "arrives: apended",
    stands: "apended",
    says: [
      "headgate.yaml:13:74  headers.client-address.arrives: is not one of the valid choices",
      '    value  "apended"',
      "    try    appended",
      "    valid  unchanged, present, appended, never, { set: … }",
    ],
  },
  {
    name: "an arrives that is a number",
    from: "arrives: appended",
    to: "arrives: 3",
    stands: "3",
    says: [
      "headgate.yaml:13:74  headers.client-address.arrives: is not one of the valid choices",
      "    value  3",
      "    valid  unchanged, present, appended, never, { set: … }",
    ],
  },
  {
    name: "an arrives left empty",
    from: "arrives: appended",
    to: "arrives: null",
    stands: "null",
    says: [
      "headgate.yaml:13:74  headers.client-address.arrives: is not one of the valid choices",
      "    value  null",
      "    valid  unchanged, present, appended, never, { set: … }",
    ],
  },
  {
    name: "a pattern that is no regular expression",
    from: '"^public-edge$"',
    to: '"("',
    stands: '"("',
    says: ["headgate.yaml:14:81  headers.request-source.arrives.set: must be a regular expression", '    value  "("'],
  },
  {
    name: "a slip in promotion",
    from: "domain: staging.example.com",
    to: "domain: staging.example.com, promotion: prevew",
    stands: "prevew",
    says: [
      "headgate.yaml:7:101  environments.staging.promotion: is not one of the valid choices",
      '    value  "prevew"',
      "    try    preview",
      "    valid  direct, preview",
    ],
  },
  {
    name: "a slip in dns",
    from: "domain: staging.example.com",
    to: "domain: staging.example.com, dns: extrenal",
    stands: "extrenal",
    says: [
      "headgate.yaml:7:95  environments.staging.dns: is not one of the valid choices",
      '    value  "extrenal"',
      "    try    external",
      "    valid  external, { zone: … }",
    ],
  },
  {
    name: "a slip in protocol",
    from: "protocol: websocket",
    to: "protocol: websockets",
    stands: "websockets",
    says: [
      "headgate.yaml:37:15  routes[0].protocol: is not one of the valid choices",
      '    value  "websockets"',
      "    try    websocket",
      "    valid  http, websocket",
    ],
  },
  {
    name: "a slip in clients",
    from: "[browser, native]",
    to: "[browser, nativ]",
    stands: "nativ]",
    says: [
      "headgate.yaml:38:24  routes[0].clients[1]: is not one of the valid choices",
      '    value  "nativ"',
      "    try    native",
      "    valid  native, browser",
    ],
  },
  {
    name: "another version",
    from: "version: 1\n",
    to: "version: 2\n",
    stands: "2",
    says: ["headgate.yaml:3:10  version: is not one of the valid choices", "    value  2", "    valid  1"],
  },
  {
    name: "a duration in words",
    from: "timeout: 3600s",
    to: "timeout: 1 hour",
    stands: "1 hour",
    says: [
      "headgate.yaml:22:14  services.backend.timeout: a duration is a whole number and a unit: 400ms, 5s, 30m, 1h",
      '    value  "1 hour"',
    ],
  },
  {
    name: "a duration without a unit",
    from: "timeout: 3600s",
    to: "timeout: 3600",
    stands: "3600",
    says: ["headgate.yaml:22:14  services.backend.timeout: must be text", "    value  3600"],
  },
  {
    name: "an image by tag",
    from: "backend@sha256:3b1f0ad0c6a9a0b2c8d7e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4",
    to: "backend:latest",
    stands: "us-docker.pkg.dev/example/reference/backend:latest",
    says: [
      "headgate.yaml:20:12  services.backend.image: an image is named by digest, because a tag can move: region-docker.pkg.dev/project/repo/image@sha256:<64 hex digits>",
      '    value  "us-docker.pkg.dev/example/reference/backend:latest"',
    ],
  },
  {
    name: "a star that does not follow a slash",
    from: "/ws/*",
    to: "/ws*",
    stands: "/ws*",
    says: [
      "headgate.yaml:35:18  routes[0].paths[1]: `*` stands only after the last /: write /ws/* and not /ws*",
      '    value  "/ws*"',
    ],
  },
  {
    name: "a path without its slash",
    from: "/ws/*",
    to: "ws",
    stands: "ws]",
    says: ["headgate.yaml:35:18  routes[0].paths[1]: a path starts with / and may end in /*", '    value  "ws"'],
  },
  {
    name: "a header name with a blank",
    from: "name: X-User-Id",
    to: "name: X User",
    stands: "X User",
    says: [
      "headgate.yaml:16:21  headers.identity.name: a header name is a token: letters, digits and !#$%&'*+-.^_`|~",
      '    value  "X User"',
    ],
  },
  {
    name: "a header value of two lines",
    from: 'send: "203.0.113.7"',
    to: 'send: "a\\r\\nX-Admin: 1"',
    stands: '"a',
    says: [
      "headgate.yaml:13:50  headers.client-address.send: a header value is one line of visible characters",
      '    value  "a\\r\\nX-Admin: 1"',
    ],
  },
  {
    name: "a port out of range",
    from: "port: 8000",
    to: "port: 65536",
    stands: "65536",
    says: ["headgate.yaml:21:11  services.backend.port: must be at most 65535", "    value  65536"],
  },
  {
    name: "a port that is a fraction",
    from: "port: 8000",
    to: "port: 80.5",
    stands: "80.5",
    says: ["headgate.yaml:21:11  services.backend.port: must be a whole number", "    value  80.5"],
  },
  {
    name: "a flag that is a word",
    from: "session-affinity: true",
    to: "session-affinity: yes",
    stands: "yes",
    says: ["headgate.yaml:25:23  services.backend.session-affinity: must be true or false", '    value  "yes"'],
  },
  {
    name: "a domain with a scheme",
    from: "domain: staging.example.com",
    to: "domain: https://staging.example.com",
    stands: "https:",
    says: [
      "headgate.yaml:7:69  environments.staging.domain: a domain is lower case, without scheme or port: example.com",
      '    value  "https://staging.example.com"',
    ],
  },
];

describe("a value of the wrong shape", () => {
  itRefuses("is refused where it stands", WRONG_VALUES);

  it("is refused where it stands: an id in capitals", () => {
    expect(problemsOf(edit(REFERENCE, "  test-bypass: {", "  Test_Bypass: {"))[0]).toEqual({
      at: { file: "headgate.yaml", line: 15, column: 3 },
      path: "headers.Test_Bypass",
      message: "an id starts with a letter and has lower-case letters, digits and hyphens, at most 30",
      value: '"Test_Bypass"',
    });
  });
});

describe("the steps of a flow", () => {
  for (const [what, step, says] of [
    ["a code that a client may not close with", "{ close: 1001 }", "a client may close with 1000 or 3000 to 4999"],
    ["a deadline without a unit", "{ expect: { type: a }, within: 5 }", "must be text"],
    ["nothing to expect in order", "{ expect-in-order: [] }", "must list at least one type"],
  ] as const) {
    it(`are refused for ${what}`, () => {
      const problems = problemsOf(`${REFERENCE}flows:\n  run:\n    - ${step}\n`);
      expect(problems.map(({ message }) => message)).toEqual([says]);
    });
  }
});

describe("a waiver", () => {
  it("is refused for a day that is not in the calendar", () => {
    const waiver = "{ rule: r, target: t, reason: r, owner: o, expires: 2027-02-30 }";
    expect(problemsOf(`${REFERENCE}waivers:\n  - ${waiver}\n`)).toMatchObject([
      { path: "waivers[0].expires", message: "a date is YYYY-MM-DD", value: '"2027-02-30"' },
    ]);
  });
});

describe("contractJsonSchema", () => {
  it("asks an editor for what a person must write, and not for what has a default", () => {
    expect(contractJsonSchema()).toMatchObject({
      required: ["version", "name", "environments", "services", "routes"],
      additionalProperties: false,
    });
  });
});

describe("the published schema", () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync("schema/headgate.schema.json", "utf8")) as object,
  );
  const isValid = (text: string): boolean => validate(parse(text));

  it("is the one that the code makes", () => {
    expect(JSON.parse(readFileSync("schema/headgate.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(contractJsonSchema())),
    );
  });

  it.each([
    ["of the reference system", readFileSync("headgate.yaml", "utf8")],
    ["of one environment", REFERENCE],
    ["that uses every key", EVERYTHING],
  ])("accepts the contract %s", (_, text) => {
    expect(isValid(text), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ["an unknown key", "version: 1\n", "version: 1\nverison: 1\n"],
    ["an unknown key of an environment", "    region: us-central1\n", "    regoin: us-central1\n"],
    ["a value outside its set", "certificates: certificate-manager", "certificates: manual"],
    ["an image by tag", "@sha256:3b1f0ad0c6a9a0b2c8d7e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4", ":latest"],
    ["an address without its range", "203.0.113.0/24", "203.0.113.7"],
    ["a share above one", "request-logging: 0.25", "request-logging: 25"],
  ])("refuses %s", (_, from, to) => {
    expect(isValid(edit(EVERYTHING, from, to))).toBe(false);
  });
});

describe("a text that Terraform would read", () => {
  it.each([
    ["a path", "paths: [/api/*]", 'paths: ["/api/${domain}"]'],
    ["a health path", "health: /health\n  auth:", 'health: "/${domain}"\n  auth:'],
  ])("is refused where no variable stands: %s", (_, from, to) => {
    expect(problemsOf(edit(REFERENCE, from, to)).map(({ message }) => message)).toEqual([
      "holds a variable, and there are none here",
    ]);
  });
});
