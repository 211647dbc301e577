import { expect, it } from "vitest";
import { traceRequest } from "../../probes/model/trace.ts";
import { edgeRequest } from "../support/edge-request.ts";
import { modelOf } from "../support/oracle/model.ts";
import { SYSTEM, synthesize } from "./synthesize.ts";

const model = modelOf(synthesize(`${SYSTEM}edge: { waf: enforce }\n`).terraform);

/** Whether a request goes past the signatures: what one says of a request is unknown to the model (fact P6). */
function goesPast(host: string, target: string): boolean {
  const request = edgeRequest("http", [], { target });
  const headers = request.headers.map(([name, value]) => [name, name === "Host" ? host : value] as const);
  return traceRequest(model, { ...request, headers }).outcome === "backend";
}

it.each([
  ["api.trial.example.com", "/ws", true],
  ["API.trial.example.com", "/ws", true],
  ["api.trial.example.com", "/ws?token=1", true],
  ["api.trial.example.com", "/ws/other", false],
  ["app.trial.example.com", "/ws", false],
  ["app.trial.example.com", "/", false],
])("%s%s: goes past the signatures is %s", (host, target, past) => {
  expect(goesPast(host, target)).toBe(past);
});
