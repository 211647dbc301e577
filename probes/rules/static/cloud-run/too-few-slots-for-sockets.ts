import type { RunService } from "../../../model/edge-model.ts";
import { asNumber } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { cpuOf, resourceOf, settingsOf } from "../run-settings.ts";
import { socketServices } from "../sockets.ts";

/** Requests that an instance takes at a time where nothing is written (fact R6). */
const USUAL_CONCURRENCY = 80;

export const tooFewSlotsForSockets = defineStaticRule({
  id: "too-few-slots-for-sockets",
  title: "a service has fewer places than sockets that are open at a time",
  severity: "warning",
  found: "run",
  because:
    "An open WebSocket takes one of an instance's concurrent requests for as long as it lives; with none left a handshake gets 429 or 503.",
  fix: "Raise the concurrency (80 is usual, 1000 the most) and the greatest number of instances together.",
  sources: ["R1", "R6", "R7"],
  check: (subject) => {
    const services = socketServices(subject).map(({ item }) => item);
    const [only, another] = services;
    const crowded = another === undefined && only !== undefined ? crowding(subject, only) : [];
    return crowded.length > 0 ? crowded : services.flatMap((service) => single(subject, service));
  },
});

function single({ graph }: Subject, service: RunService): Said[] {
  const { concurrency } = settingsOf(resourceOf(graph, service));
  if (concurrency === undefined || numberOf(concurrency) !== 1) return [];
  return [found(concurrency.by, `each WebSocket takes a whole instance of ${service.address}`)];
}

/** Sockets that the contract counts on, against what all instances of the one service hold. */
function crowding({ graph, declared }: Subject, service: RunService): Said[] {
  const expected = declared?.contract.budgets.concurrentSockets;
  const settings = settingsOf(resourceOf(graph, service));
  const [most, each] = [settings.maxInstances, settings.concurrency];
  if (expected === undefined || most === undefined) return [];
  // Then another rule speaks: of a share of a CPU the concurrency is 1.
  const cpu = cpuOf(settings);
  if (each === undefined && cpu !== undefined && cpu.value < 1) return [];
  const [instances, concurrency] = [numberOf(most), each === undefined ? USUAL_CONCURRENCY : numberOf(each)];
  if (instances === undefined) return [unread(most)];
  if (concurrency === undefined) return [unread(each!)];
  // 0 leaves the number of instances to Cloud Run.
  if (instances === 0 || instances * concurrency >= expected) return [];
  const title = `${service.address} holds ${instances * concurrency} sockets at most, and the contract expects ${expected}`;
  return [found(most.by, title, { by: each === undefined ? [] : [each.by] })];
}

function numberOf(value: Value): number | undefined {
  const number = asNumber(value);
  return number.kind === "known" ? number.value : undefined;
}

function unread({ by }: Value): Said {
  return { kind: "unknown", reason: "is a number that cannot be read", by };
}
