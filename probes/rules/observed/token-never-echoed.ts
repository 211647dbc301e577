import { PASS, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const tokenNeverEchoed = defineCaseRule({
  id: "token-never-echoed",
  title: "no response header repeats what the client sent as a secret",
  because:
    "Response headers are logged by proxies and kept by browsers; a credential in one of them is a credential lost.",
  fix: "Select the plain subprotocol, never the entry that carries the token, and copy no request header into a response header.",
  sources: ["B5"],
  appliesTo: ({ attempt }) => attempt.credentials.length > 0,
  check: ({ attempt, observation }) => {
    if (observation.response === undefined) return inconclusive("there was no response to look at");
    const echoed = observation.response.headers.find(([, value]) =>
      attempt.credentials.some((secret) => value.includes(secret)),
    );
    return echoed === undefined
      ? PASS
      : fail(`response header ${echoed[0]} holds a value that the client sent as a secret`);
  },
});
