import { defineStaticRule, found } from "../define-rule.ts";
import { sayOf } from "../iam-check.ts";

const SAID = {
  app: "checks an IAM token, and the contract says that its application alone decides",
  iam: "lets everybody call it, and the contract says that IAM decides",
  iap: "has no IAP in front of it, and the contract says that IAP decides",
} as const;

export const iamCheckAgainstAccess = defineStaticRule({
  id: "iam-check-against-access",
  title: "who may call a service is not what the contract says",
  severity: "error",
  found: "run",
  because: "A check that is on refuses clients that were promised a way in; one that is off lets in everybody else.",
  fix: "Set the IAM check, its `allUsers` invoker or IAP as `access` says, or declare what is meant.",
  sources: ["R10"],
  check: (subject) =>
    sayOf(subject, "access", ({ service: { address, iamCheck }, declared }) => {
      const access = declared?.service.access ?? "app";
      return found(iamCheck.by, `${address} ${SAID[access]} (access: ${access})`);
    }),
});
