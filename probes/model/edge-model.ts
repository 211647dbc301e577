import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import type { Condition } from "./armor-expression.ts";
import type { UrlMap, WrittenHeader } from "./url-map.ts";

export type { HeaderActions, UrlMap, WrittenHeader } from "./url-map.ts";

/**
 * Kinds of Application Load Balancer, told by scheme and scope: `EXTERNAL_MANAGED` (global or regional), `EXTERNAL`
 * (classic), `INTERNAL_MANAGED`.
 */
export type Product = "global" | "classic" | "regional" | "internal";

/** A balancer's kind as it is written; `default` depends on the version of the provider (fact U10). */
export interface WrittenProduct {
  readonly value: Product | "default";
  readonly by: Provenance;
}

/** One rule of a security policy that acts; rules in preview are left out. */
export interface ArmorRule {
  readonly priority: number;
  readonly condition: Condition;
  readonly action: ArmorAction;
  readonly add: readonly WrittenHeader[];
  /** What of the rule cannot be read, and matters where it is the one that decides. */
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** `limited`: passes as long as the client keeps to a rate. */
export type ArmorAction =
  | { readonly kind: "pass"; readonly limited?: string }
  | { readonly kind: "deny"; readonly status: number }
  | { readonly kind: "redirect"; readonly location: string }
  | Unknown;

export interface SecurityPolicy {
  readonly address: string;
  /** By ascending priority. */
  readonly rules: readonly ArmorRule[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  /** Rules that are only logged. */
  readonly notes: readonly string[];
  readonly by: Provenance;
}

/** Cloud CDN in front of a backend. */
export interface Cdn {
  /** Undefined where the mode leaves what is cached to the origin's answers; else why a cache may answer. */
  readonly mayAnswer: Unknown | undefined;
  /** Names of request headers that go past the cache. */
  readonly bypass: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** An identity-aware proxy, on a backend service or on a Cloud Run service; an unknown where it may be on. */
export type Iap = { readonly kind: "on"; readonly by: Provenance } | Unknown;

/** An entry of a Cloud Run service's `traffic`. */
export interface TrafficEntry {
  readonly tag: string | undefined;
  /** Undefined: the latest revision, which is the one that the template describes. */
  readonly revision: string | undefined;
  readonly percent: number;
  readonly by: Provenance;
}

/** The revisions that a backend's requests go to. */
export interface ServedRevisions {
  /** True when the template of this configuration is one of them. */
  readonly described: boolean;
  /** Names of those that were deployed earlier. */
  readonly earlier: readonly string[];
}

/** A Cloud Run service as the configuration describes it. */
export interface RunService {
  readonly address: string;
  readonly name: string | undefined;
  readonly label: string | undefined;
  /** The one edge that the service stands behind; undefined where it is not said. */
  readonly edge: string | undefined;
  readonly region: string | undefined;
  /** Revision name of the template, where one is written. */
  readonly revision: string | undefined;
  /** Undefined where all traffic goes to the latest revision. */
  readonly traffic: readonly TrafficEntry[] | undefined;
  readonly h2c: { readonly value: boolean; readonly by: Provenance };
  /** Whether Cloud Run checks an IAM token itself (fact R10); `unsure`: why that is not certain. */
  readonly iamCheck: { readonly value: boolean; readonly by: Provenance; readonly unsure: readonly Unknown[] };
  /** Names besides its own that a token may be made out to (fact R14); undefined where they cannot be read. */
  readonly audiences: readonly string[] | undefined;
  readonly iap: Iap | undefined;
  /** Longest life of a request, in seconds; undefined where it cannot be read (fact R2). */
  readonly timeoutSeconds: { readonly value: number | undefined; readonly by: Provenance };
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}

/** The template by which a serverless NEG finds the service, and perhaps the tag, in the URL (fact S11). */
export interface UrlMask {
  readonly text: string;
  readonly by: Provenance;
}

/** Tag of a NEG, and where it stands. */
export interface NegTag {
  readonly name: string;
  readonly by: Provenance;
}

/** What a backend service sends requests to, one entry for each of its backends. */
export type BackendGroup =
  | {
      readonly kind: "run";
      readonly service: RunService;
      readonly revisions: ServedRevisions;
      /** What is served from here and not described here. */
      readonly notes: readonly string[];
      readonly unknowns: readonly Unknown[];
      readonly problems: readonly Problem[];
      readonly by: Provenance;
    }
  | {
      readonly kind: "mask";
      readonly mask: UrlMask;
      readonly tag: NegTag | undefined;
      /** Services of the NEG's region. */
      readonly services: readonly RunService[];
      readonly by: Provenance;
    }
  /** Something that answers and is no Cloud Run service of this configuration. */
  | {
      readonly kind: "elsewhere";
      readonly reason: string;
      readonly serverless: boolean;
      readonly unknowns: readonly Unknown[];
      readonly by: Provenance;
    }
  /** `serverless`: a serverless NEG, of which it cannot be told what it leads to. */
  | (Unknown & { readonly serverless?: true });

export interface Backend {
  readonly address: string;
  /** Undefined for a bucket, which serves any. */
  readonly product: WrittenProduct | Unknown | undefined;
  readonly requestHeaders: readonly WrittenHeader[];
  readonly responseHeaders: readonly WrittenHeader[];
  /** Protocol toward the backend, as written; HTTP when it is not. */
  readonly protocol: { readonly value: string; readonly by: Provenance };
  readonly policy: SecurityPolicy | undefined;
  /** Evaluated before the cache. */
  readonly edgePolicy: SecurityPolicy | undefined;
  readonly cdn: Cdn | undefined;
  readonly iap: Iap | undefined;
  readonly groups: readonly BackendGroup[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}

/** A certificate, or several, that a listener picks for a name. */
export interface CertificateChoice {
  /** Undefined: for every name that no other choice is for. */
  readonly hostname: string | undefined;
  readonly names: readonly string[];
  /** Where each of the names stands. */
  readonly places: readonly Provenance[];
}

export interface Listener {
  /** Edge that the forwarding rule is labelled with. */
  readonly edge: string | undefined;
  readonly scheme: "http" | "https";
  /** The first port; 0 where none can be read, or where nothing says which. */
  readonly port: number;
  /** The last one: the same as `port` but for a range. */
  readonly lastPort: number;
  /** What tells its address from others: reference or text; undefined where none is written. */
  readonly ipAddress: string | undefined;
  /** True where no forwarding rule makes it: the configuration begins at a proxy or at a URL map. */
  readonly implied: boolean;
  readonly product: WrittenProduct | Unknown;
  readonly urlMap: UrlMap | Unknown;
  /** Names that the listener's certificates cover; empty for plain HTTP. */
  readonly certificateNames: readonly string[];
  readonly certificates: readonly CertificateChoice[];
  /** Certificates whose names cannot be read: they matter for hosts that no readable one names. */
  readonly unreadCertificates: readonly Unknown[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}

/** One edge: everything between a client's socket and a container. Plain data. */
export interface EdgeModel {
  readonly name: string;
  /** Label of its forwarding rules; undefined where they have none. */
  readonly edge: string | undefined;
  readonly digest: string;
  readonly listeners: readonly Listener[];
  /** Why there may be more listeners than these. */
  readonly unseenListeners: readonly Unknown[];
  /** Backend services of either scope, and backend buckets. */
  readonly backends: ReadonlyMap<string, Backend>;
  readonly services: readonly RunService[];
  /** Parts of the configuration that are not read, and what may change requests elsewhere: no one trace is about them. */
  readonly unknowns: readonly Unknown[];
  /** What Terraform would refuse of the configuration as a whole. */
  readonly problems: readonly Problem[];
}
