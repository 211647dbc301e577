import { sameName } from "../../../../http/header-list.ts";
import { backendServices } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";

export const armorHeaderOverwritten = defineStaticRule({
  id: "armor-header-overwritten",
  title: "a header of a security policy's rule that the backend service writes too",
  severity: "warning",
  found: "run",
  because: "The load balancer's value is written over the rule's, so that the service never sees what the rule says.",
  fix: "Give one of the two another name.",
  sources: ["V12"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { address, requestHeaders, policy } }) =>
      (policy?.rules ?? []).flatMap(({ add }) =>
        add.flatMap(({ name, by }) =>
          requestHeaders
            .filter((header) => sameName(header.name, name))
            .map((header) => found(by, `${address} writes its own ${name} over this one`, { by: [header.by] })),
        ),
      ),
    ),
});
