import { isServerless } from "../../../model/backend-problems.ts";
import { asNumber, attribute } from "../../../terraform/graph.ts";
import { socketBackendServices } from "../backends.ts";
import type { BackendService } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import type { SocketWay } from "../sockets.ts";

/** Where nothing is written. */
const USUAL_SECONDS = 30;

export const backendTimeoutCutsSockets = defineStaticRule({
  id: "backend-timeout-cuts-sockets",
  title: "a backend service closes sockets before the end of their life",
  severity: "error",
  found: "run",
  because:
    "The classic balancer closes a socket at the backend service's timeout, 30 s where none is written, whatever passes over it; the others close one over which nothing passes for so long.",
  fix: "Raise `timeout_sec` to the longest life of a socket, and let clients send a ping more often than that.",
  sources: ["W1", "W2", "W3"],
  options: [
    { what: "Raise `timeout_sec` to the longest life of a socket", effort: "minutes", risk: "low" },
    {
      what: "Let clients and service send pings, which keeps a socket alive that is not on the classic balancer",
      effort: "hours",
      risk: "low",
    },
    { what: "Move from the classic balancer to the global one", effort: "days", risk: "medium" },
  ],
  check: (subject) => socketBackendServices(subject).flatMap(said),
});

function said({ backend, resource, ways }: BackendService & { readonly ways: readonly SocketWay[] }): Said[] {
  const { groups, product, address } = backend;
  // S1: before a serverless NEG there is no such timeout; what cannot be read may be one.
  if (!groups.every((group) => group.kind === "elsewhere" && !isServerless(group))) return [];
  if (product === undefined) return [];
  if ("reason" in product) return [product];
  const written = attribute(resource.body, "timeout_sec");
  const timeout = written === undefined ? undefined : asNumber(written);
  if (timeout?.kind === "unknown") return [timeout];
  const seconds = timeout?.value ?? USUAL_SECONDS;
  const lives = ways.flatMap(({ lifetimeMs }) => lifetimeMs ?? []).map((ms) => ms / 1000);
  const life = lives.length === 0 ? undefined : Math.max(...lives);
  if (life === undefined ? seconds > USUAL_SECONDS : seconds >= life) return [];
  const place = written?.by ?? resource.body.by;
  const declared = life === undefined ? "" : `, and the contract wants ${life} s`;
  if (product.value === "classic" || product.value === "default")
    return [
      found(place, `${address} closes every socket after ${seconds} s${declared}`, {
        ...(product.value === "default" && { dependsOn: "default-scheme" }),
        ...(life === undefined && { severity: "warning" as const }),
      }),
    ];
  if (life === undefined) return [];
  return [found(place, `${address} closes a socket after ${seconds} s of silence${declared}`, { severity: "warning" })];
}
