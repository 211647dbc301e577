/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** How a declared header must arrive at the service. */
export type Arrives =
  | { readonly kind: "unchanged" }
  | { readonly kind: "present" }
  | { readonly kind: "appended" }
  | { readonly kind: "set"; readonly pattern: string }
  | { readonly kind: "never" };

export type ArrivesKind = Arrives["kind"];
export type Protocol = "http" | "websocket";
export type Client = "native" | "browser";
export type Access = "app" | "iam" | "iap";

/** A secret of Secret Manager, pinned by version. */
export interface SecretRef {
  /** `NAME` in the environment's project, or `projects/PROJECT/secrets/NAME`. */
  readonly secret: string;
  readonly version: string;
}

/** Who may reach the preview edge, and what answers there in place of a service. */
export interface Preview {
  /** CIDR ranges. */
  readonly allow: readonly string[];
  readonly witness: { readonly image: string; readonly key: SecretRef };
}

/** What one environment changes in a service. */
export interface ServiceOverride {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly minInstances?: number;
  readonly maxInstances?: number;
}

/** How long a receipt holds where a contract says nothing. */
export const DEFAULT_RECEIPT_AGE_MS = 900_000;

export interface Environment {
  readonly id: string;
  readonly project: string;
  readonly region: string;
  readonly domain: string;
  readonly promotion: "direct" | "preview";
  readonly dns: { readonly zone: string } | "external";
  readonly certificates: "per-host" | "certificate-manager";
  readonly state: { readonly gcs: string } | "local";
  readonly deletionProtection: boolean;
  /** How long a receipt of the gate holds. */
  readonly receiptAgeMs: number;
  /** Present exactly when `promotion` is `preview`. */
  readonly preview?: Preview;
  readonly services: Readonly<Record<string, ServiceOverride>>;
  readonly at: Position;
}

export interface HeaderIntent {
  readonly id: string;
  readonly name: string;
  /** Template of the value a client sends; undefined: a canary is sent. */
  readonly send?: string;
  /** What the generated edge writes, for `arrives: { set: … }`. */
  readonly value?: string;
  /** The subprotocol the service must select, for `Sec-WebSocket-Protocol`. */
  readonly answer?: string;
  readonly arrives: Arrives;
  readonly at: Position;
  readonly arrivesAt: Position;
}

export interface Service {
  readonly id: string;
  /** Terraform address, for a service that other Terraform defines. */
  readonly address?: string;
  /** By digest; undefined for a service that other Terraform deploys. */
  readonly image?: string;
  readonly port: number;
  /** Request timeout in milliseconds: also the longest life of a WebSocket (fact R2). */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly cpu: string;
  readonly memory: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly sessionAffinity: boolean;
  readonly health?: string;
  readonly access: Access;
  /** Who may call a service with `access: iam` or `iap`. */
  readonly invokers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly vpc?: {
    readonly network: string;
    readonly subnetwork: string;
    readonly egress: "private-ranges" | "all-traffic";
  };
  readonly cdn: boolean;
  readonly witness: "service" | "application";
  readonly at: Position;
}

/** What the load balancer does beside routing, the same in every environment. */
export interface EdgeSettings {
  readonly waf: "off" | "preview" | "enforce";
  /** Per client address; where none is declared, one that reconnect storms and probes stay below. */
  readonly rateLimit: { readonly requests: number; readonly perSeconds: number };
  /** Share of requests that are logged, 0 to 1. */
  readonly requestLogging: number;
}

export interface Route {
  /** Host template and path forms, as written: `api.${domain} /ws /ws/*`. */
  readonly id: string;
  readonly host: string;
  readonly paths: readonly string[];
  readonly service: string;
  readonly protocol: Protocol;
  readonly clients: readonly Client[];
  readonly headers: readonly string[];
  readonly lifetimeMs?: number;
  readonly flow?: string;
  readonly priority?: string;
  readonly at: Position;
  readonly pathsAt: readonly Position[];
}

export type FlowStep =
  | { readonly kind: "expect"; readonly message: Readonly<Record<string, unknown>>; readonly withinMs?: number }
  | { readonly kind: "send"; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: "expect-in-order"; readonly types: readonly string[]; readonly withinMs?: number }
  | { readonly kind: "close"; readonly code: number };

export interface Budgets {
  readonly handshakeP95Ms?: number;
  readonly flowP95Ms?: number;
  readonly concurrentSockets?: number;
}

export interface Waiver {
  readonly rule: string;
  readonly target: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  readonly at: Position;
  readonly ruleAt: Position;
}

/** The declared truth: plain data, every part with its place in the file. */
export interface Contract {
  readonly file: string;
  /** SHA-256 of the file's text, hexadecimal. */
  readonly digest: string;
  readonly name: string;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly headers: Readonly<Record<string, HeaderIntent>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly edge: EdgeSettings;
  readonly routes: readonly Route[];
  readonly flows: Readonly<Record<string, readonly FlowStep[]>>;
  readonly budgets: Budgets;
  readonly waivers: readonly Waiver[];
}

/** The host of a route in one environment: `${domain}` filled in. */
export function hostIn(route: Pick<Route, "host">, environment: Pick<Environment, "domain">): string {
  return route.host.replaceAll("${domain}", environment.domain);
}

/** An entry by its name; nothing for a name that every object answers to, such as `constructor`. */
export function own<Entry>(entries: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** A service as one environment runs it: its own overrides laid over the declaration, variables filled in. */
export function serviceIn(service: Service, environment: Environment): Service {
  const { env = {}, secrets = {}, ...scaling } = own(environment.services, service.id) ?? {};
  const filled = Object.entries({ ...service.env, ...env }).map(([name, value]) => [
    name,
    value.replaceAll("${domain}", environment.domain).replaceAll("${environment}", environment.id),
  ]);
  return {
    ...service,
    ...scaling,
    env: Object.fromEntries(filled) as Record<string, string>,
    secrets: ownNames({ ...service.secrets, ...secrets }, environment.project),
  };
}

/** A secret of the own project has one name: written in two ways it would be granted twice, and taken back once. */
function ownNames(secrets: Readonly<Record<string, SecretRef>>, project: string): Record<string, SecretRef> {
  const prefix = `projects/${project}/secrets/`;
  return Object.fromEntries(
    Object.entries(secrets).map(([name, { secret, version }]) => [
      name,
      { secret: secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, version },
    ]),
  );
}
