import { PASS, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const tokenNeverEchoed = defineCaseRule({
  id: "token-never-echoed",
  title: "no answer repeats what the client sent as a secret: in no response header, and in no reason of a close",
  because:
    "Response headers and close reasons are logged by proxies and kept by browsers; a credential in one of them is a credential lost.",
  fix: "Select the plain subprotocol, never the entry that carries the token, and copy no request header into an answer, a redirect's location or a close reason.",
  sources: ["B5"],
  appliesTo: ({ attempt }) => attempt.credentials.length > 0,
  check: ({ attempt, observation: { response, close } }) => {
    if (response === undefined) return inconclusive("there was no response to look at");
    // A location or a cookie repeats it percent-encoded.
    const holdsSecret = (text: string): boolean =>
      attempt.credentials.some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    const echoed = response.headers.find(([name, value]) => holdsSecret(value) || holdsSecret(name));
    if (echoed !== undefined)
      return fail(`response header ${echoed[0]} holds a value that the client sent as a secret`);
    return close?.by === "server" && holdsSecret(close.reason)
      ? fail("the reason of the server's close holds a value that the client sent as a secret")
      : PASS;
  },
});
