import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../../probes/facts/finding.ts";
import { URL_MAP_RULES } from "../../../../probes/rules/static/url-map/index.ts";
import { auditOf } from "../../../support/rule-fixtures.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-url-map-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Parts {
  /** In the map itself, in its path matcher, in the backend service `api`. */
  readonly map?: string;
  readonly matcher?: string;
  readonly api?: string;
  readonly scheme?: string;
  readonly region?: boolean;
}

async function found(parts: Parts): Promise<readonly Finding[]> {
  writeFileSync(join(folder, "main.tf"), configuration(parts));
  return (await auditOf(folder, { rules: URL_MAP_RULES })).findings;
}

/** `SEVERITY ID`, with what it depends on. */
async function said(parts: Parts): Promise<string[]> {
  const findings = await found(parts);
  return findings.map(
    ({ severity, id, dependsOn }) => `${severity} ${id}${dependsOn === undefined ? "" : ` (${dependsOn})`}`,
  );
}

function configuration({
  map = "",
  matcher = "",
  api = "",
  scheme = "EXTERNAL_MANAGED",
  region = false,
}: Parts): string {
  const kind = region ? "region_" : "";
  const backend = (name: string, more: string): string => `
resource "google_compute_${kind}backend_service" "${name}" {
  name                  = "${name}"
  load_balancing_scheme = "${scheme}"
  ${more}
}`;
  return `
resource "google_compute_${kind}url_map" "main" {
  name            = "main"
  default_service = google_compute_${kind}backend_service.web.id
  ${map}
  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }
  path_matcher {
    name            = "api"
    default_service = google_compute_${kind}backend_service.web.id
    ${matcher}
  }
}
${backend("api", api)}
${backend("web", "")}
`;
}

const TO_API = "google_compute_backend_service.api.id";

function rule(match: string, more = "", priority = 10): string {
  return `
    route_rules {
      priority = ${priority}
      service  = ${TO_API}
      match_rules {
        ${match}
      }
      ${more}
    }`;
}

function action(inner: string): string {
  return `header_action {\n${inner}\n}\n`;
}

function adds(name: string, value: string, replace: boolean, direction = "request"): string {
  return `${direction}_headers_to_add {
    header_name  = "${name}"
    header_value = "${value}"
    replace      = ${replace}
  }`;
}

const removes = (...names: string[]): string => `request_headers_to_remove = ${JSON.stringify(names)}`;

describe("header actions", () => {
  it.each([
    [
      "removes an extension header at no cost but compression",
      action(removes("Sec-WebSocket-Extensions")),
      ["note url-map-removes-handshake-header"],
    ],
    [
      "removes a part of the handshake, of which nobody says whether it goes",
      action(removes("Sec-WebSocket-Key")),
      ["warning url-map-removes-handshake-header (reserved-removal)"],
    ],
    [
      "adds a second Origin",
      action(adds("Origin", "https://app.example.com", false)),
      ["error url-map-appends-credential"],
    ],
    ["adds a subprotocol by a variable", action(adds("Sec-WebSocket-Protocol", "{client_region}", false)), []],
    ["adds a variable to another header", action(adds("X-Region", "{client_region}", false)), []],
    [
      "adds a literal to a response",
      action(adds("X-Frame-Options", "DENY", false, "response")),
      ["note replace-false-with-literal (replace-false-literal)"],
    ],
    [
      "removes and writes a header with a value that is not sent as said: one finding",
      action(`${removes("X-A")}\n${adds("X-A", "b", false)}`),
      ["warning header-removed-and-added (remove-and-add)"],
    ],
    [
      "adds the client's address a second time",
      action(adds("X-Forwarded-For", "{client_ip_address}", false)),
      ["warning forwarded-header-written"],
    ],
    ["replaces the scheme by a constant", action(adds("X-Forwarded-Proto", "https", true)), []],
    [
      "writes a subprotocol into answers",
      action(adds("Sec-WebSocket-Protocol", "chat", true, "response")),
      ["warning response-action-breaks-handshake (actions-on-101)"],
    ],
  ])("that %s", async (_, map, expected) => {
    expect(await said({ map })).toEqual(expected);
  });

  it("that a broader level overwrites with the same value lose nothing", async () => {
    const narrow = rule('prefix_match = "/a"', action(adds("X-A", "a", true)));
    expect(await said({ map: action(adds("X-A", "a", true)), matcher: narrow })).toEqual([]);
    expect(await said({ map: action(adds("X-A", "b", true)), matcher: narrow })).toEqual([
      "error broad-level-undoes-narrow",
    ]);
  });

  it("name both places, the broad one first", async () => {
    const narrow = rule('prefix_match = "/a"', action(adds("X-A", "a", true)));
    const [finding] = await found({ map: action(removes("X-A")), matcher: narrow });
    expect(finding?.where.attribute).toBe("header_action.request_headers_to_remove[0]");
    expect(finding?.by.map(({ attribute }) => attribute)).toEqual([
      "path_matcher[0].route_rules[0].header_action.request_headers_to_add[0]",
    ]);
  });

  it("with an empty value are refused by a regional balancer, and open on the global one", async () => {
    const map = action(adds("X-A", "", true));
    expect(await said({ map })).toEqual(["warning empty-header-value (empty-url-map-header)"]);
    expect(await said({ map, region: true })).toEqual(["error empty-header-value"]);
  });

  it("in front of a bucket or of somebody else's server take nothing from users", async () => {
    const map = action(`${removes("Authorization")}\n${adds("Cookie", "a=b", true)}`);
    const ours = await said({ map });
    expect(ours.sort()).toEqual(["error url-map-overwrites-credential", "error url-map-removes-credential"]);
    writeFileSync(
      join(folder, "main.tf"),
      `
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_bucket.files.id
  ${map}
}
resource "google_compute_backend_bucket" "files" {
  name        = "files"
  bucket_name = "files.example.com"
}
`,
    );
    expect((await auditOf(folder, { rules: URL_MAP_RULES })).findings).toEqual([]);
  });

  it("that remove IAP's own token depend on an order that nobody documents", async () => {
    const map = action(removes("Proxy-Authorization"));
    expect(await said({ map })).toEqual([]);
    const api = "iap {\n enabled = true\n }";
    expect(await said({ map, api, matcher: rule('prefix_match = "/a"') })).toEqual([
      "warning url-map-removes-credential (Q17)",
    ]);
  });

  it("that write what the backend service writes leave its value unread, where both are known", async () => {
    const api = 'custom_request_headers = ["X-A: backend"]';
    const matcher = rule('prefix_match = "/a"', action(adds("X-A", "map", true)));
    expect(await said({ api, matcher })).toEqual(["warning backend-header-ignored"]);
    expect(await said({ api: 'custom_request_headers = ["X-A: map"]', matcher })).toEqual([]);
  });
});

describe("the classic balancer", () => {
  it("has one finding for a map, however much of it is refused", async () => {
    const matcher = rule('prefix_match = "/a"', action(adds("X-A", "a", true)));
    const findings = await found({ matcher, map: action(removes("X-B")), scheme: "EXTERNAL" });
    expect(findings.map(({ id }) => id)).toEqual(["classic-map-with-advanced-routing"]);
    expect(findings[0]?.where.attribute).toBe("header_action");
  });

  it("may be meant where no scheme is written, which depends on the provider", async () => {
    const text = configuration({ matcher: rule('prefix_match = "/a"') }).replace(/ *load_balancing_scheme.*/g, "");
    writeFileSync(join(folder, "main.tf"), text);
    const { findings } = await auditOf(folder, { rules: URL_MAP_RULES });
    expect(findings.map(({ severity, dependsOn }) => [severity, dependsOn])).toEqual([["warning", "default-scheme"]]);
  });

  it("refuses expressions as the global one does, and a regional one takes them", async () => {
    const matcher = rule('regex_match = "/a.*"');
    expect(await said({ matcher })).toEqual(["error expression-not-supported"]);
    const regional = matcher.replace(TO_API, "google_compute_region_backend_service.api.id");
    expect(await said({ matcher: regional, region: true })).toEqual([]);
  });
});

describe("routes of sockets", () => {
  const byHeader = `prefix_match = "/ws"
        header_matches {
          header_name = "X-Canary"
          exact_match = "yes"
        }`;

  it("may ask for a header where browsers have another way to a socket's backend", async () => {
    expect(await said({ matcher: rule(byHeader) })).toEqual(["warning socket-route-needs-header"]);
    expect(await said({ matcher: rule(byHeader) + rule('prefix_match = "/ws"', "", 20) })).toEqual([]);
  });

  it("may ask for what a browser sends by itself", async () => {
    const byProtocol = byHeader.replace("X-Canary", "Sec-WebSocket-Protocol");
    expect(await said({ matcher: rule(byProtocol) })).toEqual([]);
  });

  it("may be named in a prefix, which covers both forms, and in both of a path rule", async () => {
    const paths = (list: string): string => `path_rule {\n paths = [${list}]\n service = ${TO_API}\n }`;
    expect(await said({ matcher: rule('prefix_match = "/ws"') })).toEqual([]);
    expect(await said({ matcher: paths('"/ws"') })).toEqual(["note socket-path-in-one-form"]);
    expect(await said({ matcher: paths('"/ws/*"') })).toEqual(["warning socket-path-in-one-form"]);
    // Clients of socket.io ask for the folder itself.
    expect(await said({ matcher: paths('"/socket.io/*"') })).toEqual([]);
  });

  it("know of the other form where a rule names it", async () => {
    const matcher =
      rule('full_path_match = "/ws/admin"') +
      rule('prefix_match = "/ws/"', "", 20).replace(TO_API, "google_compute_backend_service.web.id");
    expect((await said({ matcher })).filter((text) => text.includes("admin"))).toEqual([]);
  });

  it("may wait as long as the service lets them live", async () => {
    const timeout = (seconds: number): string =>
      rule('prefix_match = "/ws"', `route_action {\n timeout {\n seconds = ${seconds}\n }\n }`);
    expect(await said({ matcher: timeout(3600) })).toEqual([]);
    expect(await said({ matcher: timeout(3599) })).toEqual(["warning socket-route-timeout"]);
  });

  it("may rewrite a prefix with itself", async () => {
    const rewrite = (prefix: string): string =>
      rule('prefix_match = "/ws"', `route_action {\n url_rewrite {\n path_prefix_rewrite = "${prefix}"\n }\n }`);
    expect(await said({ matcher: rewrite("/ws") })).toEqual([]);
    expect(await said({ matcher: rewrite("/") })).toEqual(["note socket-route-rewritten"]);
  });
});

describe("rules in an order", () => {
  const web = (text: string): string => text.replace(TO_API, "google_compute_backend_service.web.id");

  it("are unreachable behind one that takes all they ask for", async () => {
    const matcher = web(rule('prefix_match = "/"')) + rule('prefix_match = "/ws"', "", 20);
    expect(await said({ matcher })).toEqual(["error unreachable-route-rule"]);
    const same = rule('prefix_match = "/"') + rule('prefix_match = "/api"', "", 20);
    expect(await said({ matcher: same })).toEqual(["note unreachable-route-rule"]);
  });

  it("are reached past one that asks for more, and in any other case of letters", async () => {
    const asks = 'prefix_match = "/a"\n query_parameter_matches {\n name = "v"\n exact_match = "2"\n }';
    expect(await said({ matcher: web(rule(asks)) + rule('prefix_match = "/a/b"', "", 20) })).toEqual([]);
    const anyCase = rule('prefix_match = "/a/b"\n ignore_case = true', "", 20);
    expect(await said({ matcher: web(rule('prefix_match = "/a"')) + anyCase })).toEqual([]);
  });
});

describe("secrets", () => {
  it("are told by what tells them apart, and never shown", async () => {
    const token = `eyJ${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}`;
    const findings = await found({ map: action(adds("X-Proof", token, true)) });
    expect(findings.map(({ id }) => id)).toEqual(["secret-in-header-value"]);
    expect(JSON.stringify(findings)).not.toContain("aaaaaaaa");
    expect(findings[0]?.title).toMatch(/\(65 characters, sha256 [0-9a-f]{8}\)/);
  });

  it("are no variables, no words and no values that are not known", async () => {
    for (const value of ["{client_region}", "public", "${var.key}"])
      expect(await said({ map: `${action(adds("X-Api-Key", value, true))}` })).toEqual([]);
  });
});

describe("identities", () => {
  it("that a rule goes by may be written by any client", async () => {
    const by = (name: string): string =>
      rule(`prefix_match = "/a"\n header_matches {\n header_name = "${name}"\n exact_match = "x"\n }`);
    expect(await said({ matcher: by("X-User-Role") })).toEqual(["warning identity-header-passes"]);
    expect(await said({ matcher: by("X-Tenant") })).toEqual([]);
  });
});
