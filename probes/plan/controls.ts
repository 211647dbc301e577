import type { Protocol } from "../../contract/contract.ts";
import type { Case, PlannedHeader } from "../facts/case.ts";
import type { ControlLeg } from "../facts/target.ts";

/** Sent by every control: must be seen at the far side. */
export const SHOWN = "X-Headgate-Shown";
/** Sent by none: must be seen absent. */
export const WITHHELD = "X-Headgate-Withheld";

/** The control request for one leg and protocol: one header is sent, one is withheld. */
export function planControl(env: string, leg: ControlLeg, protocol: Protocol): Case {
  const at = { file: "", line: 0, column: 0 };
  const shown: PlannedHeader = { id: "shown", name: SHOWN, arrives: { kind: "unchanged" }, declaredAt: at };
  return {
    id: `control ${env} ${leg.name} ${protocol}`,
    env,
    route: `control ${leg.name}`,
    routeAt: at,
    host: leg.endpoint.host,
    form: leg.path,
    formAt: at,
    path: leg.path,
    protocol,
    client: "native",
    service: leg.name,
    headers: [shown],
    skipped: [],
  };
}
