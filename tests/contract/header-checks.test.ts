import { describe, expect, it } from "vitest";
import { REFERENCE, contractOf, edit, refusalOf } from "../support/builders.ts";
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

describe("a header that contradicts itself", () => {
  for (const bad of CONTRADICTIONS) {
    it(`is refused where the contradiction stands: ${bad.name}`, () => {
      const { said, stands } = refusalOf(bad);
      expect(said).toEqual(bad.says);
      expect(stands.startsWith(bad.stands)).toBe(true);
    });
  }
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
