import { backends } from "./backends.ts";
import { headers } from "./headers.ts";
import type { Plant } from "./plant.ts";
import { rest } from "./rest.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";

/** What must never be added, each alone: nearly all of it is accepted by Terraform, and most of it by Google Cloud. */
export const PLANTS: readonly Plant[] = [...headers, ...routing, ...backends, ...services, ...rest];
