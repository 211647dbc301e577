import type { EdgeId, EnvironmentId } from "../../support/reference.ts";

/** What `headgate.yaml` asks for, written down a second time: nothing here is computed by what the tests look at. */
export interface DeclaredService {
  readonly image: string;
  readonly port: number;
  readonly timeout: string;
  readonly concurrency: number;
  readonly cpu: string;
  readonly memory: string;
  readonly sessionAffinity: boolean;
  readonly health?: string;
  readonly scaling: Readonly<Record<EnvironmentId, readonly [min: number, max: number]>>;
  readonly env: Readonly<Record<EnvironmentId, Readonly<Record<string, string>>>>;
  readonly secrets: Readonly<Record<string, readonly [secret: string, version: string]>>;
}

const IMAGES = "us-docker.pkg.dev/example/reference";
const NOTHING = { staging: {}, production: {} };
const DEFAULTS = {
  port: 8080,
  timeout: "300s",
  concurrency: 80,
  cpu: "1",
  memory: "512Mi",
  sessionAffinity: false,
  scaling: { staging: [0, 10], production: [0, 10] },
  env: NOTHING,
  secrets: {},
} as const;

export const SERVICES: Readonly<Record<string, DeclaredService>> = {
  backend: {
    ...DEFAULTS,
    image: `${IMAGES}/backend@sha256:3b1f0ad0c6a9a0b2c8d7e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4`,
    port: 8000,
    timeout: "3600s",
    sessionAffinity: true,
    health: "/health",
    scaling: { staging: [1, 10], production: [2, 40] },
    env: {
      staging: { LOG_LEVEL: "info", PUBLIC_ORIGIN: "https://app.staging.example.com" },
      production: { LOG_LEVEL: "warning", PUBLIC_ORIGIN: "https://app.example.com" },
    },
    secrets: { SESSION_KEY: ["session-key", "3"] },
  },
  auth: {
    ...DEFAULTS,
    image: `${IMAGES}/auth@sha256:5c2e1bd1d7bab1c3d9e8f6a5b4c3d2e1fa09b8c7d6e5f4a3b2c1d0e9f8a7b6c5`,
    health: "/health",
  },
  frontend: {
    ...DEFAULTS,
    image: `${IMAGES}/frontend@sha256:7d3f2ce2e8cbc2d4eaf907b6c5d4e3f20b1ac9d8e7f6a5b4c3d2e1f0a9b8c7d6`,
  },
};

export const SERVICE_IDS = Object.keys(SERVICES);

export const WITNESS_IMAGE = `${IMAGES}/witness@sha256:9f5b4ae40ad1e4f60c1129d8e7f605b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8`;

/** Seconds that a socket of the service may live, by its routes. */
export const SOCKET_LIFETIMES: Readonly<Record<string, number>> = { backend: 3600 };

export const REGION = "us-central1";

const DOMAINS: Readonly<Record<EnvironmentId, string>> = { staging: "staging.example.com", production: "example.com" };

export function hostsIn(environment: EnvironmentId): string[] {
  return ["api", "auth", "app"].map((name) => `${name}.${DOMAINS[environment]}`);
}

/** Prefix of every resource name of one edge. */
export function prefixOf(environment: EnvironmentId, edge: EdgeId = "public"): string {
  return `reference-${environment}${edge === "preview" ? "-preview" : ""}`;
}

export function edgesIn(environment: EnvironmentId): readonly EdgeId[] {
  return environment === "production" ? ["public", "preview"] : ["public"];
}

export interface ExpectedRule {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
  readonly service: string;
  /** True where the edge says who asked: X-Request-Source. */
  readonly writes: boolean;
}

export interface ExpectedHost {
  readonly host: string;
  readonly rules: readonly ExpectedRule[];
  /** Service for every other path. */
  readonly fallback: string;
}

/** Where each host's paths lead, in the order of matching; a preview edge begins with its control route. */
export function routesIn(environment: EnvironmentId, edge: EdgeId): ExpectedHost[] {
  const [api, auth, app] = hostsIn(environment) as [string, string, string];
  const control = (service: string): ExpectedRule[] =>
    edge === "preview" ? [{ exact: [], prefixes: ["/.headgate/"], service, writes: false }] : [];
  return [
    {
      host: api,
      rules: [
        ...control("frontend"),
        { exact: ["/ws"], prefixes: ["/ws/"], service: "backend", writes: true },
        { exact: [], prefixes: ["/api/"], service: "backend", writes: true },
      ],
      fallback: "frontend",
    },
    {
      host: auth,
      rules: [...control("auth"), { exact: [], prefixes: ["/"], service: "auth", writes: true }],
      fallback: "auth",
    },
    { host: app, rules: control("frontend"), fallback: "frontend" },
  ];
}
