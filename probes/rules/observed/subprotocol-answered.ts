import { PASS, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const subprotocolAnswered = defineCaseRule({
  id: "subprotocol-answered",
  title: "the upgrade is answered with the declared subprotocol",
  because:
    "A browser that offered subprotocols and is answered with none, or with one it did not offer, closes the socket at once.",
  fix: "Let the offered list reach the service as it was sent, and let no response action touch Sec-WebSocket-Protocol.",
  sources: ["B4", "B5", "U24"],
  appliesTo: ({ attempt }) => attempt.case.answer !== undefined,
  check: ({ attempt, observation }) => {
    if (observation.response?.status !== 101) return inconclusive("the upgrade was not accepted");
    const { subprotocol } = observation;
    if (subprotocol === attempt.case.answer) return PASS;
    // An unexpected entry may be the one that carries the token: it is never printed.
    return fail(
      subprotocol === "" ? "no subprotocol was selected" : "another subprotocol was selected than the declared one",
    );
  },
});
