import type { RunService } from "../../../model/edge-model.ts";
import { asNumber, attribute, blocks } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { replacing } from "../remedy.ts";
import { resourceOf, settingsOf } from "../run-settings.ts";
import { socketServices } from "../sockets.ts";

/** What the provider's documentation names where nothing is written. */
const USUAL = { period: 10, threshold: 3 } as const;
/** Seconds without an answer that a busy event loop, or a collection of garbage, may well take. */
const LEAST_PATIENCE = 10;

export const livenessProbeCutsSockets = defineStaticRule({
  id: "liveness-probe-cuts-sockets",
  title: "a liveness probe restarts a container with open WebSockets after one slow answer",
  severity: "warning",
  found: "run",
  because:
    "A failed liveness probe restarts the container, and every socket that is open in it ends without a close frame.",
  fix: "Let several answers in a row be missed: `failure_threshold = 3` and `period_seconds = 10`, or more of both.",
  sources: ["R19"],
  check: (subject) => socketServices(subject).flatMap(({ item }) => said(subject, item)),
});

function said({ graph }: Subject, service: RunService): Said[] {
  const { containers } = settingsOf(resourceOf(graph, service));
  const probes = containers.flatMap((container) => blocks(container, "liveness_probe"));
  return probes.flatMap((probe): Said[] => {
    const [threshold, period] = [attribute(probe, "failure_threshold"), attribute(probe, "period_seconds")];
    const [failures, seconds] = [numberOf(threshold, USUAL.threshold), numberOf(period, USUAL.period)];
    const unread = [failures, seconds].find((each) => typeof each === "object");
    if (typeof failures === "object" || typeof seconds === "object") return unread === undefined ? [] : [unread];
    if (failures > 1 && failures * seconds >= LEAST_PATIENCE) return [];
    const where = (failures === 1 ? threshold : period)?.by ?? threshold?.by ?? probe.by;
    const patience = failures === 1 ? "one missed answer" : `${failures * seconds} s without an answer`;
    const title = `after ${patience} ${service.address} restarts, and cuts every WebSocket`;
    const isMended = failures === 1 && threshold !== undefined && USUAL.threshold * seconds >= LEAST_PATIENCE;
    return [found(where, title, { remedy: isMended ? replacing(threshold.by, USUAL.threshold) : [] })];
  });
}

function numberOf(written: Value | undefined, usual: number): number | Exclude<Said, { kind: "finding" }> {
  if (written === undefined) return usual;
  const number = asNumber(written);
  return number.kind === "known" ? number.value : number;
}
