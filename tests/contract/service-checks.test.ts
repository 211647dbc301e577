import { describe, expect, it } from "vitest";
import { EVERYTHING, REFERENCE, contractOf, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const CONTRADICTIONS: readonly BadContract[] = [
  {
    name: "a variable with a value and a secret",
    from: "    session-affinity: true\n",
    to: "    env: { API_KEY: x }\n    secrets: { API_KEY: { secret: api-key, version: 1 } }\n",
    stands: "API_KEY: { secret:",
    says: [
      "headgate.yaml:26:16  services.backend.secrets.API_KEY: stands under env too; a variable has one source",
      '    value  "API_KEY"',
    ],
    accepts: "    env: { API_NAME: x }\n    secrets: { API_KEY: { secret: api-key, version: 1 } }\n",
  },
  {
    name: "an unknown variable in a value",
    of: EVERYTHING,
    from: "https://app.${domain}",
    to: "https://app.${domian}",
    stands: "https://app.${domian}",
    says: [
      "headgate.yaml:60:22  services.backend.env.PUBLIC_ORIGIN: unknown variable in a value; ${domain} and ${environment} are known",
      '    value  "domian"',
    ],
    accepts: "https://${environment}.${domain}",
  },
  {
    name: "less than one CPU and several requests at once",
    from: "    concurrency: 80\n",
    to: "    concurrency: 2\n    cpu: 999m\n",
    stands: "999m",
    says: [
      "headgate.yaml:24:10  services.backend.cpu: below one CPU an instance holds one request: write concurrency: 1, or a CPU of 1",
      '    value  "999m"',
    ],
    accepts: "    concurrency: 1\n    cpu: 999m\n",
  },
  {
    name: "less than one CPU and the requests at once that are the default",
    from: "    concurrency: 80\n",
    to: "    cpu: 500m\n",
    stands: "500m",
    says: [
      "headgate.yaml:23:10  services.backend.cpu: below one CPU an instance holds one request: write concurrency: 1, or a CPU of 1",
      '    value  "500m"',
    ],
    accepts: "    cpu: 1000m\n",
  },
  {
    name: "invokers of a service that checks its callers itself",
    of: EVERYTHING,
    from: "    access: iam\n",
    to: "",
    stands: '["serviceAccount:reports@',
    says: [
      "headgate.yaml:68:15  services.reports.invokers: only access: iam and access: iap name who may call",
      '    value  ["serviceAccount:reports@example-shared.iam.gserviceaccou...',
    ],
    accepts: "    access: iap\n",
  },
  {
    name: "access: iam for nobody",
    of: EVERYTHING,
    from: '    invokers: ["serviceAccount:reports@example-shared.iam.gserviceaccount.com"]\n',
    to: "",
    stands: "iam",
    says: [
      "headgate.yaml:68:13  services.reports.access: needs `invokers`: who may call the service",
      '    value  "iam"',
    ],
    accepts: "    invokers: [allUsers]\n",
  },
  {
    name: "access: iap for nobody",
    of: EVERYTHING,
    from: '    invokers: ["group:staff@example.com", "domain:example.com"]\n',
    to: "",
    stands: "iap",
    says: [
      "headgate.yaml:72:13  services.console.access: needs `invokers`: who may call the service",
      '    value  "iap"',
    ],
    accepts: '    invokers: ["group:staff@example.com"]\n',
  },
  {
    name: "access: iap for everybody",
    of: EVERYTHING,
    from: '["group:staff@example.com", "domain:example.com"]',
    to: '["group:staff@example.com", allUsers]',
    stands: '["group:staff@example.com", allUsers]',
    says: [
      "headgate.yaml:73:15  services.console.invokers: IAP lets nobody in without signing in; allUsers says otherwise",
      '    value  ["group:staff@example.com","allUsers"]',
    ],
    accepts: '["group:staff@example.com", allAuthenticatedUsers]',
  },
  {
    name: "a cache before IAP",
    of: EVERYTHING,
    from: "    access: iap\n",
    to: "    access: iap\n    cdn: true\n",
    stands: "true",
    says: [
      "headgate.yaml:73:10  services.console.cdn: IAP and Cloud CDN exclude each other on one backend service",
      "    value  true",
    ],
    accepts: "    access: iam\n    cdn: true\n",
  },
  {
    name: "a cache before a WebSocket route",
    of: EVERYTHING,
    from: "    witness: application\n",
    to: "    cdn: true\n",
    stands: "true",
    says: [
      "headgate.yaml:65:10  services.backend.cdn: a WebSocket route leads here, and a cache has no place before a socket",
      "    value  true",
    ],
    accepts: "    cdn: false\n",
  },
  {
    name: "Authorization unchanged behind the IAM check",
    of: EVERYTHING,
    from: "[authorization, platform-token, test-bypass]",
    to: "[authorization, test-bypass]",
    stands: "authorization,",
    says: [
      "headgate.yaml:96:15  routes[1].headers[0]: the IAM check redacts the token in Authorization; send the platform's in X-Serverless-Authorization and declare that header too",
      '    value  "authorization"',
    ],
    accepts: "[platform-token, test-bypass]",
  },
  {
    name: "both headers that can carry the platform's token removed before the IAM check",
    of: EVERYTHING,
    from: 'arrives: unchanged }\n  platform-token: { name: X-Serverless-Authorization, send: "Bearer ${token}", arrives: present }',
    to: 'arrives: never }\n  platform-token: { name: X-Serverless-Authorization, send: "Bearer ${token}", arrives: never }',
    stands: "authorization,",
    says: [
      "headgate.yaml:96:15  routes[1].headers[0]: the IAM check of this service needs the header that is removed before it",
      '    value  "authorization"',
      "headgate.yaml:96:30  routes[1].headers[1]: the IAM check of this service needs the header that is removed before it",
      '    value  "platform-token"',
    ],
    accepts:
      'arrives: never }\n  platform-token: { name: X-Serverless-Authorization, send: "Bearer ${token}", arrives: present }',
  },
  {
    name: "the platform's own header removed, so that Authorization is redacted",
    of: EVERYTHING,
    from: "arrives: present }",
    to: "arrives: never }",
    stands: "authorization,",
    says: [
      "headgate.yaml:96:15  routes[1].headers[0]: the IAM check redacts the token in Authorization; send the platform's in X-Serverless-Authorization and declare that header too",
      '    value  "authorization"',
    ],
    accepts: "arrives: unchanged }",
  },
  {
    name: "Sec-WebSocket-Protocol removed on an upgrade",
    from: "arrives: unchanged, answer: jwt-auth",
    to: "arrives: never, answer: jwt-auth",
    stands: "session-token,",
    says: [
      "headgate.yaml:39:30  routes[0].headers[1]: without Sec-WebSocket-Protocol no subprotocol can be answered on an upgrade",
      '    value  "session-token"',
    ],
    accepts: "arrives: present, answer: jwt-auth",
  },
];

describe("a service that contradicts itself or a route that leads to it", () => {
  itRefuses("is refused where the contradiction stands", CONTRADICTIONS);

  it("is refused for the redacted token on each route, whatever the protocol", () => {
    const text = edit(edit(REFERENCE, "clients: [browser, native]", "clients: [native]"), AFFINITY, IAM);
    expect(problemsOf(text)).toMatchObject([
      { at: { line: 40, column: 15 }, path: "routes[0].headers[0]" },
      { at: { line: 46, column: 15 }, path: "routes[1].headers[0]" },
    ]);
  });
});

const AFFINITY = "    session-affinity: true\n";
const IAM = "    access: iam\n    invokers: [allUsers]\n";

describe("a service that only looks as if it contradicted a route", () => {
  it("is accepted: Authorization unchanged behind IAP, which may be passed with another header", () => {
    const text = edit(
      EVERYTHING,
      "service: console\n    headers: [",
      "service: console\n    headers: [authorization, ",
    );
    expect(contractOf(text).routes[3]!.headers).toEqual(["authorization", "test-bypass"]);
  });

  it("is accepted: Sec-WebSocket-Protocol removed on a plain route", () => {
    const never = "  no-protocol: { name: Sec-WebSocket-Protocol, send: jwt-auth, arrives: never }\n  identity: {";
    const text = edit(REFERENCE, "  identity: {", never);
    const routed = edit(text, "service: auth\n    headers: [", "service: auth\n    headers: [no-protocol, ");
    expect(contractOf(routed).routes[3]!.headers[0]).toBe("no-protocol");
  });

  it("is accepted: a cache before a service that only plain routes lead to", () => {
    const text = edit(REFERENCE, "  auth:\n", "  auth:\n    cdn: true\n");
    expect(contractOf(text).services["auth"]!.cdn).toBe(true);
  });
});
