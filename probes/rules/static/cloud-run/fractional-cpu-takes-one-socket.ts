import { defineStaticRule, found } from "../define-rule.ts";
import { cpuOf, resourceOf, settingsOf } from "../run-settings.ts";
import { socketServices } from "../sockets.ts";

export const fractionalCpuTakesOneSocket = defineStaticRule({
  id: "fractional-cpu-takes-one-socket",
  title: "a share of a CPU leaves each instance one WebSocket",
  severity: "warning",
  found: "run",
  because:
    "With less than one CPU and no concurrency written, Cloud Run gives an instance one request at a time, and an open WebSocket is one.",
  fix: "Give the container one CPU or more; a service with less takes one request at a time.",
  sources: ["R6", "R1"],
  check: (subject) =>
    socketServices(subject).flatMap(({ item }) => {
      const settings = settingsOf(resourceOf(subject.graph, item));
      const cpu = cpuOf(settings);
      if (cpu === undefined || cpu.value >= 1 || settings.concurrency !== undefined) return [];
      return [found(cpu.by, `${item.address} has ${cpu.value} CPU, so that each WebSocket takes a whole instance`)];
    }),
});
