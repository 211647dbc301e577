import { defineStaticRule, each, found } from "../define-rule.ts";
import { backendsOf, isOwn, isWanted } from "../levels.ts";
import { isOneOf } from "../names.ts";
import { customHeaders } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

export const backendOverwritesAuthorization = defineStaticRule({
  id: "backend-overwrites-authorization",
  title: "a backend service writes `Authorization` over every client's",
  severity: "error",
  found: "run",
  because: "A custom request header replaces the client's header of that name, on requests and on upgrades alike.",
  fix: "Delete the entry: what a client sends in `Authorization` passes by itself.",
  sources: ["V4", "V3"],
  remedy: deletesIt,
  check: (subject) =>
    each(customHeaders(subject.graph), ({ name, value, direction, backend, by }) =>
      direction === "request" &&
      isOneOf(["authorization"], name) &&
      !isWanted(subject, name, ["set", "never"]) &&
      isOwn(backendsOf(subject).get(backend.address))
        ? [
            found(
              by,
              `${backend.address} overwrites Authorization with ${value === "" ? "nothing" : "a value of its own"}`,
            ),
          ]
        : [],
    ),
});
