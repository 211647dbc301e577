import { asNumber } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { resourceOf, settingsOf } from "../run-settings.ts";
import { socketServices } from "../sockets.ts";

export const coldStartBeforeHandshake = defineStaticRule({
  id: "cold-start-before-handshake",
  title: "a service whose handshakes have a time limit may have no instance running",
  severity: "warning",
  found: "run",
  because:
    "With no instance kept running the first handshake waits for a container to start, or fails, which reads as refused authentication.",
  fix: "Keep one instance (`min_instance_count = 1`), and write `startup_cpu_boost` and a startup probe for the others.",
  sources: ["R19"],
  check: (subject) => {
    const limit = subject.declared?.contract.budgets.handshakeP95Ms;
    if (limit === undefined) return [];
    return socketServices(subject).flatMap(({ item }): Said[] => {
      const { minInstances, templateAt } = settingsOf(resourceOf(subject.graph, item));
      const kept = minInstances === undefined ? undefined : asNumber(minInstances);
      if (kept?.kind === "unknown") return [kept];
      if (kept !== undefined && kept.value > 0) return [];
      const title = `handshakes may take ${limit} ms, and ${item.address} keeps no instance running`;
      return [found(minInstances?.by ?? templateAt, title)];
    });
  },
});
