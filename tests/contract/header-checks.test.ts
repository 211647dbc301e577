import { describe, expect, it } from "vitest";
import { EDGE_VARIABLES } from "../../contract/edge-variables.ts";
import { REFERENCE, contractOf, edit, itRefuses } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const CONTRADICTIONS: readonly BadContract[] = [
  {
    name: "a variable that a template does not know",
    from: "Bearer ${token}",
    to: "Bearer ${tokn}",
    stands: '"Bearer ${tokn}"',
    says: [
      "headgate.yaml:10:47  headers.authorization.send: unknown variable in a template",
      '    value  "tokn"',
      "    try    token",
      "    valid  token, token:base64url, nonce",
    ],
  },
  {
    name: "a subprotocol entry that is not a token",
    from: "jwt-auth, jwt.${token:base64url}",
    to: "jwt-auth, jwt=${token:base64url}",
    stands: '"jwt-auth, jwt=',
    says: [
      "headgate.yaml:11:56  headers.session-token.send: each subprotocol is a token: no blank, slash or equals sign (RFC 6455 §4.1)",
      '    value  "jwt=${token:base64url}"',
    ],
  },
  {
    name: "a subprotocol list without entries between its commas",
    from: "jwt-auth, jwt.${token:base64url}",
    to: "jwt-auth,, jwt.${token:base64url}",
    stands: '"jwt-auth,,',
    says: [
      "headgate.yaml:11:56  headers.session-token.send: each subprotocol is a token: no blank, slash or equals sign (RFC 6455 §4.1)",
      '    value  ""',
    ],
  },
  {
    name: "an answer that is not offered",
    from: "answer: jwt-auth",
    to: "answer: jwt",
    stands: "jwt }",
    says: [
      "headgate.yaml:11:120  headers.session-token.answer: the answer must be one of the offered subprotocols",
      '    value  "jwt"',
      "    valid  jwt-auth, jwt.${token:base64url}",
    ],
  },
  {
    name: "a subprotocol header that offers nothing",
    from: 'send: "jwt-auth, jwt.${token:base64url}", ',
    to: "",
    stands: "Sec-WebSocket-Protocol",
    says: [
      "headgate.yaml:11:26  headers.session-token.name: Sec-WebSocket-Protocol needs `send`: the list of subprotocols to offer",
    ],
  },
  {
    name: "an answer on another header",
    from: 'send: "session=${token}",',
    to: 'send: "session=${token}", answer: session,',
    stands: "session,",
    says: [
      "headgate.yaml:12:69  headers.session-cookie.answer: only Sec-WebSocket-Protocol is answered",
      '    value  "session"',
    ],
  },
  {
    name: "a value that does not match its own pattern",
    from: "value: public-edge",
    to: "value: private-edge",
    stands: "private-edge",
    says: [
      "headgate.yaml:14:52  headers.request-source.value: does not match its own pattern ^public-edge$",
      '    value  "private-edge"',
    ],
  },
  {
    name: "a value on a header that the edge does not write",
    from: 'send: "session=${token}",',
    to: "value: public-edge,",
    stands: "public-edge",
    says: [
      "headgate.yaml:12:42  headers.session-cookie.value: only a header with arrives: { set: … } is written by the edge",
      '    value  "public-edge"',
    ],
  },
];

const WRITTEN = edit(
  REFERENCE,
  "  identity: {",
  '  written: { name: X-Written, value: v, arrives: { set: "^v$" } }\n  identity: {',
);

/** Bad contracts whose edge writes a header of this name, each with a name that differs little and may be written. */
function writing(
  names: readonly (readonly [string, string])[],
  stands: (name: string) => string,
  says: (name: string) => string,
): BadContract[] {
  return names.map(([name, other]) => ({
    name,
    of: WRITTEN,
    from: "name: X-Written",
    to: `name: ${name}`,
    stands: stands(name),
    says: [`headgate.yaml:16:${says(name)}`, `    value  "${name}"`],
    accepts: `name: ${other}`,
  }));
}

const REFUSED_NAMES = writing(
  [
    ["X-User-IP", "X-User-IPs"],
    ["CDN-Loop", "CDN-Loops"],
    ["Authority", "X-Authority"],
    ["Proxy-Authorization", "X-Proxy-Authorization"],
    ["proxy-authenticate", "proxy-authenticated"],
    ["X-Google-Foo", "X-Goo"],
    ["X-Goog-Foo", "X-Goog"],
    ["X-GFE-Foo", "X-GF"],
    ["x-amz-foo", "x-amz"],
  ],
  (name) => name,
  () => "20  headers.written.name: is a name that no load balancer may write; choose another",
);

const PROTECTED_NAMES = writing(
  [
    ["Authorization", "X-Authorization"],
    ["cookie", "cookies"],
    ["Origin", "X-Origin"],
    ["X-Serverless-Authorization", "X-Serverless"],
  ],
  () => "arrives: { set:",
  (name) =>
    `${"  written: { name: , value: v, ".length + name.length + 1}  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written`,
);

const WRITES: readonly BadContract[] = [
  {
    name: "Sec-WebSocket-Key, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Sec-WebSocket-Key",
    stands: "Sec-WebSocket-Key,",
    says: [
      "headgate.yaml:16:20  headers.written.name: belongs to the connection or to the probe itself, which cannot try it",
      '    value  "Sec-WebSocket-Key"',
      "headgate.yaml:16:49  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "Sec-WebSocket-Key"',
    ],
    accepts: "name: Sec-WebSocket",
  },
  {
    name: "Sec-WebSocket-Protocol, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Sec-WebSocket-Protocol",
    stands: "Sec-WebSocket-Protocol,",
    says: [
      "headgate.yaml:16:20  headers.written.name: Sec-WebSocket-Protocol needs `send`: the list of subprotocols to offer",
      "headgate.yaml:16:54  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "Sec-WebSocket-Protocol"',
    ],
  },
  {
    name: "Host, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Host",
    stands: "Host, value: v,",
    says: [
      "headgate.yaml:16:20  headers.written.name: belongs to the connection or to the probe itself, which cannot try it",
      '    value  "Host"',
    ],
  },
  {
    name: "a variable that no load balancer knows",
    of: WRITTEN,
    from: "value: v,",
    to: 'value: "{authorization}",',
    stands: '"{authorization}",',
    says: [
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{authorization}"',
    ],
    accepts: 'value: "{client_city}",',
  },
  {
    name: "a variable with a slip",
    of: WRITTEN,
    from: "value: v,",
    to: 'value: "{client_regoin}",',
    stands: '"{client_regoin}",',
    says: [
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{client_regoin}"',
      "    try    client_region",
    ],
    accepts: 'value: "{client_region}",',
  },
  {
    name: "variables in capitals and without a name",
    of: WRITTEN,
    from: "value: v,",
    to: 'value: "{client_region}, {Client_City} {}",',
    stands: '"{client_region},',
    says: [
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{Client_City}"',
      "    try    client_city",
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{}"',
    ],
    accepts: 'value: "{{client}} {client_city}",',
  },
  {
    name: "a variable of the other kind",
    of: WRITTEN,
    from: "value: v,",
    to: 'value: "${token}",',
    stands: '"${token}",',
    says: [
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{token}"',
    ],
  },
];

describe("a header that the edge must not write", () => {
  itRefuses("is refused at its name", REFUSED_NAMES);
  itRefuses("is refused where it is written over", PROTECTED_NAMES);
  itRefuses("is refused", WRITES);

  it.each(["X-User-IP", "CDN-Loop", "X-Goog-Foo", "Cookie", "Origin"])(
    "is accepted where the edge only removes it: %s",
    (name) => {
      const text = edit(WRITTEN, 'name: X-Written, value: v, arrives: { set: "^v$" }', `name: ${name}, arrives: never`);
      expect(contractOf(text).headers["written"]!.arrives).toEqual({ kind: "never" });
    },
  );
});

describe("the value of a header that the edge writes", () => {
  it.each(EDGE_VARIABLES)("may hold the variable %s", (name) => {
    const text = edit(WRITTEN, "value: v,", `value: "a {${name}} b",`);
    expect(contractOf(text).headers["written"]!.value).toBe(`a {${name}} b`);
  });

  it.each(["{{literal}}", "{{literal}} {client_region}", "{{{client_region}}}", "{", "{{}}"])(
    "may hold braces that are no variable: %s",
    (value) => {
      expect(contractOf(edit(WRITTEN, "value: v,", `value: "${value}",`)).headers["written"]!.value).toBe(value);
    },
  );
});

describe("a header that contradicts itself", () => {
  itRefuses("is refused where the contradiction stands", CONTRADICTIONS);
});

describe("a header that only looks as if it contradicts itself", () => {
  it("is accepted: an answer that is the second offer", () => {
    const text = edit(REFERENCE, '"jwt-auth, jwt.${token:base64url}"', '"jwt.${token:base64url}, jwt-auth"');
    expect(contractOf(text).headers["session-token"]!.answer).toBe("jwt-auth");
  });

  it("is accepted: a value with a variable that the load balancer fills in, which no pattern can be held against", () => {
    const text = edit(REFERENCE, "value: public-edge", 'value: "{client_region}"');
    expect(contractOf(text).headers["request-source"]!.value).toBe("{client_region}");
  });
});
