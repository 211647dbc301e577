import { PASS, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const certificateCoversHost = defineCaseRule({
  id: "certificate-covers-host",
  title: "the listener's certificate names the host",
  because:
    "A client that cannot verify the name never sends its handshake, and the failure reads as one of the WebSocket.",
  fix: "Add a certificate for the host to the HTTPS proxy, or take the host out of the contract.",
  sources: ["M66"],
  appliesTo: ({ observation }) => observation.secure,
  check: ({ observation: { failure, response } }) => {
    if (response !== undefined) return PASS;
    if (failure?.phase === "tls-name") return fail(failure.message);
    return inconclusive(`unreachable (${failure?.phase ?? "response"}): ${failure?.message ?? "no answer"}`);
  },
});
