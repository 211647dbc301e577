import type { EnvironmentId, Json } from "../../support/reference.ts";
import { routingMap, runServiceOf } from "../../support/reference.ts";

/** Something that breaks authentication or upgrades once it is added, and the property that says so. */
export interface Plant {
  readonly name: string;
  /** Both environments, where none is named. */
  readonly in?: EnvironmentId;
  readonly plant: (terraform: Json) => void;
  /** Name of the property. */
  readonly caughtBy: string;
}

/** The last rule of the first host. */
export const lastRule = (terraform: Json): Json => routingMap(terraform).path_matcher[0].route_rules.at(-1);

export function onService(service: string, plant: (run: Json) => void): (terraform: Json) => void {
  return (terraform) => plant(runServiceOf(terraform, service));
}
