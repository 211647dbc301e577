interface OpenQuestion {
  /** First value: the one used unless told otherwise. */
  readonly values: readonly [string, ...string[]];
  readonly question: string;
  readonly sources: readonly string[];
}

/**
 * What Google's documents leave open, or state in two ways, as far as this model meets it. An answer that depends on
 * one is evaluated under every value; none is settled by a guess.
 */
export const ASSUMPTIONS = {
  "replace-false-literal": {
    values: ["replaced", "appended"],
    question: "The provider does not send `replace = false`; is a literal value then replaced or appended?",
    sources: ["U4", "U5", "Q4"],
  },
  "remove-and-add": {
    values: ["remove-first", "add-first"],
    question: "Does one header action remove before it adds?",
    sources: ["U3", "Q5"],
  },
  "repeated-headers": {
    values: ["separate", "joined"],
    question: "Are several lines of one name joined into one?",
    sources: ["H13", "Q20"],
  },
  "nominated-headers": {
    values: ["dropped", "kept"],
    question: "Are headers that `Connection` names dropped?",
    sources: ["H5b", "Q3"],
  },
  "underscore-names": {
    values: ["passed", "dropped", "refused"],
    question: "What happens to a name with an underscore?",
    sources: ["H26", "Q1"],
  },
  "path-normalisation": {
    values: ["before-match", "after-match"],
    question: "Are double slashes and backslashes in a path folded before or after the route is matched?",
    sources: ["H21", "H22", "Q21"],
  },
  "empty-backend-header": {
    values: ["sent-empty", "removed"],
    question: "Does a custom header with an empty value arrive empty, or remove the client's?",
    sources: ["V3", "Q26"],
  },
  "empty-url-map-header": {
    values: ["skipped", "sent-empty"],
    question: "Is a URL-map header with an empty value skipped, or sent empty?",
    sources: ["U8", "Q26"],
  },
  "reserved-removal": {
    values: ["removed", "kept"],
    question: "What does the removal of a reserved name (hop-by-hop, Host, X-Goog-…) do on the wire?",
    sources: ["U8", "Q2"],
  },
  "client-x-goog": {
    values: ["passed", "stripped"],
    question: "Does a client's X-Goog-… header pass when IAP is off?",
    sources: ["P4", "Q10"],
  },
  "removal-of-proxy-headers": {
    values: ["added-after", "removed"],
    question: "Is a header that the proxy adds, such as X-Forwarded-Proto, added before or after a URL map removes it?",
    sources: ["H2", "V9"],
  },
  "backend-protocol": {
    values: ["ignored", "upgrade-refused"],
    question: "Does a backend protocol other than HTTP or HTTPS refuse upgrades in front of a serverless NEG?",
    sources: ["S6", "W6", "Q13"],
  },
  "actions-on-101": {
    values: ["applied", "not-applied"],
    question: "Do response header actions apply to the 101 of an upgrade?",
    sources: ["U24", "Q16"],
  },
  "armor-headers": {
    values: ["before-url-map", "after-url-map"],
    question: "Does Cloud Armor see a request's headers before or after the URL map's header actions?",
    sources: ["P6b", "Q17"],
  },
  "upgrade-with-cdn": {
    values: ["passed", "refused"],
    question: "Does an upgrade pass where Cloud CDN is on?",
    sources: ["P9", "Q12"],
  },
  "custom-headers-with-cdn": {
    values: ["applied", "not-applied"],
    question: "Are a backend's custom request headers written where Cloud CDN is on?",
    sources: ["V10", "Q12"],
  },
  "default-scheme": {
    values: ["classic", "global"],
    question:
      "No load_balancing_scheme is written: does the provider make it EXTERNAL (before version 8) or EXTERNAL_MANAGED?",
    sources: ["U10", "M17"],
  },
  "regional-behaviour": {
    values: ["as-global", "as-classic"],
    question: "Google compares classic and global balancers only: how does a regional or internal one treat this?",
    sources: ["H12", "H25"],
  },
  "several-hosts": {
    values: ["refused", "first-used"],
    question: "What does the global balancer do with several Host lines that are all valid?",
    sources: ["H18"],
  },
  "dot-segments": {
    values: ["kept", "resolved"],
    question: "Is a path with `.` or `..` matched and forwarded as it stands, or resolved first?",
    sources: ["Q21", "U12"],
  },
  "iap-handshake-status": {
    values: ["302", "401", "403"],
    question: "With which status does IAP refuse a WebSocket handshake that has no session?",
    sources: ["P5"],
  },
  "token-signature": {
    values: ["removed", "kept"],
    question: "Does Cloud Run replace the signature of the token that it checked?",
    sources: ["R12", "Q8"],
  },
  "match-hop-by-hop": {
    values: ["visible", "hidden"],
    question: "Does a route rule see the client's Upgrade and Connection, which the proxy does not pass on?",
    sources: ["U15", "Q6"],
  },
  "inverted-match-of-nothing": {
    values: ["matches", "does-not-match"],
    question: "Does a header match with `invert_match` hold for a request that lacks the header?",
    sources: ["U15"],
  },
  "folder-of-a-path-rule": {
    values: ["kept", "with-its-slash"],
    question:
      "Does a rewrite or a redirect of the prefix of `/a/*`, or of a default, leave the folder's last slash, or replace it too?",
    sources: ["U12", "U22"],
  },
  "service-of-a-mask": {
    values: ["not-there", "deployed-elsewhere"],
    question:
      "A URL mask names a service that this configuration does not hold: is there none, or does somebody else deploy it?",
    sources: ["S11"],
  },
} as const satisfies Record<string, OpenQuestion>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumptions = Readonly<Partial<Record<AssumptionName, string>>>;

/** Answers open questions under one reading, and remembers which were asked. */
export interface Oracle {
  readonly assume: (name: AssumptionName) => string;
  readonly asked: ReadonlySet<AssumptionName>;
}

export function oracle(assumptions: Assumptions): Oracle {
  const asked = new Set<AssumptionName>();
  return {
    asked,
    assume: (name) => {
      asked.add(name);
      return assumptions[name] ?? ASSUMPTIONS[name].values[0];
    },
  };
}

/** Every combination of values for the named questions; one empty reading where there are none. */
export function readingsOf(names: readonly AssumptionName[]): Assumptions[] {
  return names.reduce<Assumptions[]>(
    (readings, name) =>
      readings.flatMap((reading) => ASSUMPTIONS[name].values.map((value) => ({ ...reading, [name]: value }))),
    [{}],
  );
}
