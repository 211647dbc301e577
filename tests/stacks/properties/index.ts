import { access } from "./access.ts";
import { armorRules } from "./armor.ts";
import { backends } from "./backends.ts";
import { cdn } from "./cdn.ts";
import { certificates } from "./certificates.ts";
import { dns } from "./dns.ts";
import { identitiesAndSecrets } from "./identities-and-secrets.ts";
import { labels } from "./labels.ts";
import { listeners } from "./listeners.ts";
import { outputs } from "./outputs.ts";
import { preview } from "./preview.ts";
import type { Property } from "./property.ts";
import { services } from "./services.ts";
import { stateAndVersions } from "./state-and-versions.ts";
import { testsInUrlMap } from "./tests-in-url-map.ts";
import { urlMap } from "./url-map.ts";

/** Theme → what must be true; the file of a theme has its name. */
export const THEMES = {
  services,
  "identities-and-secrets": identitiesAndSecrets,
  access,
  backends,
  armor: armorRules,
  cdn,
  "url-map": urlMap,
  "tests-in-url-map": testsInUrlMap,
  listeners,
  certificates,
  dns,
  outputs,
  "state-and-versions": stateAndVersions,
  preview,
  labels,
} as const satisfies Record<string, readonly Property[]>;

export type Theme = keyof typeof THEMES;

export const PROPERTIES: readonly Property[] = Object.values(THEMES).flat();
