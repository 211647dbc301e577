import { TIMEOUT_SECONDS } from "../../../model/build-run-service.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { replacing } from "../remedy.ts";
import { resourceOf, runServices, timeoutOf } from "../run-settings.ts";

export const requestTimeoutAboveLimit = defineStaticRule({
  id: "request-timeout-above-limit",
  title: "a Cloud Run service asks for a longer request timeout than there is",
  severity: "error",
  found: "apply",
  because: "Cloud Run refuses a request timeout of more than an hour, so that the revision is never made.",
  fix: 'Write `timeout = "3600s"` at most, and let clients of longer sockets connect again before it ends.',
  sources: ["R2"],
  check: ({ graph, edges }) =>
    runServices(edges).flatMap((service) => {
      const { value, by } = service.timeoutSeconds;
      if (value === undefined || value <= TIMEOUT_SECONDS.most) return [];
      const title = `${service.address} asks for ${value} s; a request may take ${TIMEOUT_SECONDS.most} s at most`;
      const most = timeoutOf(resourceOf(graph, service), TIMEOUT_SECONDS.most);
      return [found(by, title, { remedy: replacing(by, most.value) })];
    }),
});
