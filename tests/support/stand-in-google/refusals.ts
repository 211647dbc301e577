import type { Cloud } from "./cloud.ts";
import { BACKEND_SERVICE_REFUSALS } from "./refusals/backend-service.ts";
import { CUSTOM_HEADER_REFUSALS } from "./refusals/custom-headers.ts";
import { FRONT_REFUSALS } from "./refusals/front.ts";
import { NAME_REFUSALS } from "./refusals/names.ts";
import { RUN_REFUSALS } from "./refusals/cloud-run.ts";
import type { RefusalRow } from "./refusals/refusal.ts";
import { ROUTE_REFUSALS } from "./refusals/routes.ts";
import { URL_MAP_REFUSALS } from "./refusals/url-map.ts";
import type { ResourceType } from "./resources.ts";
import type { Body } from "./value.ts";

/** Everything that the API refuses at apply and that no plan can see. */
export const REFUSALS: readonly RefusalRow[] = [
  ...NAME_REFUSALS,
  ...CUSTOM_HEADER_REFUSALS,
  ...BACKEND_SERVICE_REFUSALS,
  ...URL_MAP_REFUSALS,
  ...ROUTE_REFUSALS,
  ...FRONT_REFUSALS,
  ...RUN_REFUSALS,
];

/** Every refusal that a resource meets. */
export function refusalsOf(type: ResourceType, body: Body, cloud: Cloud): readonly { id: string; message: string }[] {
  return REFUSALS.filter(({ resources }) => resources.includes(type)).flatMap(({ id, refuses }) => {
    const message = refuses(body, cloud);
    return message === undefined ? [] : [{ id, message }];
  });
}
