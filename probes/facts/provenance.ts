/** The line of TypeScript that made a construct. */
export interface ConstructSource {
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

/** A place in a configuration: resource, attribute path inside it, and where that stands in a file. */
export interface Provenance {
  /** Terraform address: `google_compute_url_map.main`. */
  readonly address: string;
  /** Attribute path: `path_matcher[0].route_rules[1].header_action.request_headers_to_add[0]`. */
  readonly attribute: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly construct?: ConstructSource;
}

/** Where on its way through the edge something happens to a request, in the order in which it passes. A closed set. */
export type Stage =
  | "client"
  | "front"
  | "edge"
  | "route"
  | "armor"
  | "iap"
  | "url-map"
  | "backend"
  | "proxy"
  | "neg"
  | "run-ingress"
  | "run-front"
  | "container";

/** A place, and what it did to the thing in question. */
export interface Act extends Provenance {
  /** What happened there, in words: `removes`, `replaces the client's value`, `sends the route here`. */
  readonly effect: string;
  /** Fact id of the behaviour: `U2`. */
  readonly fact?: string;
  /** Left out by reports of earlier versions; the model always says it. */
  readonly stage?: Stage;
}

/** What the model says of a request: each act with its stage. */
export interface StagedAct extends Act {
  readonly stage: Stage;
}

/** Something that cannot be told from the configuration or from the documented facts. */
export interface Unknown {
  readonly kind: "unknown";
  readonly reason: string;
  readonly by: Provenance;
}
