import { defineStaticRule, found } from "../define-rule.ts";
import { sayOf } from "../iam-check.ts";

export const iamCheckRefusesBrowserSockets = defineStaticRule({
  id: "iam-check-refuses-browser-sockets",
  title: "no browser can open a WebSocket to a service that checks an IAM token",
  severity: "error",
  found: "run",
  because: "A page cannot set a header on a handshake, so that Cloud Run answers 403 before the service hears of it.",
  fix: "Write `invoker_iam_disabled = true` and let the application check its own token, or put IAP with its cookies in front.",
  sources: ["R10", "B1", "S10"],
  options: [
    {
      what: "Set `invoker_iam_disabled = true`, and let the application check its own token in a subprotocol or a cookie",
      effort: "minutes",
      risk: "medium",
    },
    { what: "Put IAP in front, whose session is a cookie", effort: "hours", risk: "medium" },
  ],
  check: (subject) =>
    sayOf(subject, "browsers", ({ service: { address, iamCheck }, declared }) =>
      found(iamCheck.by, `${address} checks an IAM token, which no browser can send when it opens a WebSocket`, {
        severity: declared === undefined ? "warning" : "error",
      }),
    ),
});
