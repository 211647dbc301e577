import { defineStaticRule, found } from "../define-rule.ts";
import { sayOf } from "../iam-check.ts";

export const iamCheckRefusesAppToken = defineStaticRule({
  id: "iam-check-refuses-app-token",
  title: "a service whose application reads `Authorization` has the IAM check on",
  severity: "error",
  found: "run",
  because:
    "Cloud Run takes the application's own token for one of Google's and answers 401; one of Google's may arrive without its signature.",
  fix: "Write `invoker_iam_disabled = true`, or send Google's token in `X-Serverless-Authorization` and declare that header too.",
  sources: ["R10", "R11", "R12"],
  options: [
    {
      what: "Set `invoker_iam_disabled = true`: the application checks its token itself",
      effort: "minutes",
      risk: "medium",
    },
    {
      what: "Send Google's token in `X-Serverless-Authorization`, from every client",
      effort: "days",
      risk: "low",
    },
  ],
  check: (subject) =>
    sayOf(subject, "app-token", ({ service: { address, iamCheck } }) =>
      found(iamCheck.by, `${address} checks an IAM token, and the contract has its application read Authorization`),
    ),
});
