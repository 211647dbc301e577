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

const WRITES: readonly BadContract[] = [
  {
    name: "Authorization, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Authorization",
    stands: 'arrives: { set: "^v$" } ',
    says: [
      "headgate.yaml:16:45  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "Authorization"',
    ],
    accepts: "name: X-Authorization",
  },
  {
    name: "cookie, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: cookie",
    stands: 'arrives: { set: "^v$" } ',
    says: [
      "headgate.yaml:16:38  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "cookie"',
    ],
    accepts: "name: cookies",
  },
  {
    name: "Origin, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Origin",
    stands: 'arrives: { set: "^v$" } ',
    says: [
      "headgate.yaml:16:38  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "Origin"',
    ],
    accepts: "name: X-Origin",
  },
  {
    name: "X-Serverless-Authorization, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: X-Serverless-Authorization",
    stands: 'arrives: { set: "^v$" } ',
    says: [
      "headgate.yaml:16:58  headers.written.arrives: would overwrite what the client sends; credentials and handshake headers are never written",
      '    value  "X-Serverless-Authorization"',
    ],
  },
  {
    name: "Sec-WebSocket-Key, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Sec-WebSocket-Key",
    stands: "Sec-WebSocket-Key, value",
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
    stands: "Sec-WebSocket-Protocol, ",
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
    stands: "Host, value: v, arrives:",
    says: [
      "headgate.yaml:16:20  headers.written.name: belongs to the connection or to the probe itself, which cannot try it",
      '    value  "Host"',
    ],
  },
  {
    name: "Upgrade, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Upgrade",
    stands: "Upgrade, value: v, arriv",
    says: [
      "headgate.yaml:16:20  headers.written.name: belongs to the connection or to the probe itself, which cannot try it",
      '    value  "Upgrade"',
    ],
  },
  {
    name: "X-User-IP, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: X-User-IP",
    stands: "X-User-IP, value: v, arr",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "X-User-IP"',
    ],
    accepts: "name: X-User-IPs",
  },
  {
    name: "CDN-Loop, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: CDN-Loop",
    stands: "CDN-Loop, value: v, arri",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "CDN-Loop"',
    ],
  },
  {
    name: "Authority, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Authority",
    stands: "Authority, value: v, arr",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "Authority"',
    ],
    accepts: "name: X-Authority",
  },
  {
    name: "Proxy-Authorization, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: Proxy-Authorization",
    stands: "Proxy-Authorization, val",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "Proxy-Authorization"',
    ],
  },
  {
    name: "proxy-authenticate, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: proxy-authenticate",
    stands: "proxy-authenticate, valu",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "proxy-authenticate"',
    ],
  },
  {
    name: "X-Google-Foo, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: X-Google-Foo",
    stands: "X-Google-Foo, value: v, ",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "X-Google-Foo"',
    ],
    accepts: "name: X-Goo",
  },
  {
    name: "X-Goog-Foo, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: X-Goog-Foo",
    stands: "X-Goog-Foo, value: v, ar",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "X-Goog-Foo"',
    ],
    accepts: "name: X-Goog",
  },
  {
    name: "X-GFE-Foo, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: X-GFE-Foo",
    stands: "X-GFE-Foo, value: v, arr",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "X-GFE-Foo"',
    ],
  },
  {
    name: "x-amz-foo, written by the edge",
    of: WRITTEN,
    from: "name: X-Written",
    to: "name: x-amz-foo",
    stands: "x-amz-foo, value: v, arr",
    says: [
      "headgate.yaml:16:20  headers.written.name: is a name that no load balancer may write; choose another",
      '    value  "x-amz-foo"',
    ],
    accepts: "name: X-Amz",
  },
  {
    name: "a variable that no load balancer knows",
    of: WRITTEN,
    from: "value: v,",
    to: 'value: "{authorization}",',
    stands: '"{authorization}", arriv',
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
    stands: '"{client_regoin}", arriv',
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
    stands: '"{client_region}, {Clien',
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
    stands: '"${token}", arrives: { s',
    says: [
      "headgate.yaml:16:38  headers.written.value: unknown variable, which the load balancer would leave empty",
      '    value  "{token}"',
    ],
  },
];

describe("a header that the edge must not write", () => {
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
