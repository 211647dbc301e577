import { ADDRESS, HOST } from "./edge-fixture.ts";
import type { SmallEdge } from "./edge-fixture.ts";
import type { Vector } from "./golden-vectors.ts";

const TOKEN = ["Authorization", "Bearer aaa.bbb.ccc"] as const;
const APPLICATION = ["Authorization", "Bearer application"] as const;
const IDENTITY = ["x-goog-iap-jwt-assertion", "x-goog-authenticated-user-email", "x-goog-authenticated-user-id"];
/** What a page's own handshake brings besides the headers of RFC 6455 (fact B1). */
const PAGE = [["Origin", `https://${HOST}`]] as const;

const withIap = ({ backend }: SmallEdge): void => void (backend["iap"] = [{ enabled: true }]);
const closed = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
const needsAuthorization = ({ routeRule, matchRules }: SmallEdge): void => {
  matchRules.splice(0, 2, {
    prefix_match: "/ws",
    header_matches: [{ header_name: "Authorization", present_match: true }],
  });
  routeRule["match_rules"] = matchRules;
};
const masked = ({ cloudRun }: SmallEdge): void => {
  delete cloudRun["service"];
  cloudRun["url_mask"] = `${HOST}/<service>`;
};
const IAP_AT = [ADDRESS.api, "iap[0]", /\{\s+"enabled": true/] as const;
const told = Object.fromEntries(IDENTITY.map((name) => [name, [[null], "added"] as const]));

/** Vectors about what stands behind the URL map: IAP, serverless NEGs and Cloud Run. */
export const PLATFORM_VECTORS: readonly Vector[] = [
  {
    fact: "G9",
    basis: ["V1"],
    name: "a backend that writes the upgrade pair itself is refused",
    configure: ({ backend }) => (backend["custom_request_headers"] = ["Connection: upgrade", "Upgrade: websocket"]),
    refused: [
      ["V1", [ADDRESS.api, "custom_request_headers[0]", /"Connection: upgrade"/]],
      ["V1", [ADDRESS.api, "custom_request_headers[1]", /"Upgrade: websocket"/]],
    ],
  },
  {
    fact: "G12",
    basis: ["B1", "U15"],
    name: "a page's handshake never matches a rule that asks for Authorization",
    protocols: ["websocket"],
    configure: needsAuthorization,
    sent: PAGE,
    backend: ADDRESS.web,
  },
  {
    fact: "G12",
    basis: ["U15"],
    name: "a client that can send Authorization matches it",
    configure: needsAuthorization,
    sent: [APPLICATION],
    backend: ADDRESS.api,
    headers: { authorization: [["Bearer application"], "same"] },
  },
  {
    fact: "G17",
    basis: ["R10"],
    name: "a page's handshake brings no token to a private service",
    protocols: ["websocket"],
    configure: closed,
    sent: PAGE,
    outcome: "answered-by-edge",
    status: 403,
  },
  {
    fact: "G18",
    basis: ["P2", "P4"],
    name: "IAP consumes the token that it lets a request in by",
    configure: withIap,
    sent: [TOKEN],
    outcome: "unknown",
    unknownAt: IAP_AT,
    headers: { authorization: [[], "removed", IAP_AT], ...told },
  },
  {
    fact: "G19",
    basis: ["P3", "H5"],
    name: "a token for IAP in Proxy-Authorization leaves the application's alone",
    configure: withIap,
    sent: [APPLICATION, ["Proxy-Authorization", "Bearer aaa.bbb.ccc"]],
    outcome: "unknown",
    unknownAt: IAP_AT,
    headers: {
      authorization: [["Bearer application"], "same"],
      "proxy-authorization": [[], "removed"],
      ...told,
    },
  },
  {
    fact: "G20",
    basis: ["S11"],
    name: "a mask takes the path of the socket for the name of a service, and there is none",
    configure: masked,
    assume: { "service-of-a-mask": "not-there" },
    outcome: "answered-by-edge",
    status: 404,
    decidedBy: [ADDRESS.neg, "cloud_run.url_mask"],
    dependsOn: ["service-of-a-mask"],
  },
  {
    fact: "G20",
    basis: ["S11"],
    name: "a service of that name may be deployed by somebody else",
    configure: masked,
    assume: { "service-of-a-mask": "deployed-elsewhere" },
    outcome: "unknown",
    unknownAt: [ADDRESS.neg, "cloud_run.url_mask", /"api.example.com\/<service>"/],
    dependsOn: ["service-of-a-mask"],
  },
  {
    fact: "G21",
    basis: ["S1"],
    name: "a timeout of the backend service is refused in front of a serverless NEG",
    configure: ({ backend }) => (backend["timeout_sec"] = 3600),
    refused: [["S1", [ADDRESS.api, "timeout_sec", /3600/]]],
  },
  {
    fact: "G22",
    basis: ["R2", "W4"],
    name: "a socket lives for 300 s where the template says nothing",
    protocols: ["websocket"],
    step: ["ends an open socket after 300 s at the latest", "W4"],
  },
  {
    fact: "G23",
    basis: ["R15"],
    name: "internal ingress lets the load balancer in",
    configure: ({ service }) => (service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    backend: ADDRESS.api,
    headers: { via: [["1.1 google"], "added"] },
  },
  {
    fact: "G23",
    basis: ["R15"],
    name: "of an ingress that is internal alone, the facts do not say what it is to a load balancer",
    configure: ({ service }) => (service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY"),
    outcome: "unknown",
    unknownAt: [ADDRESS.apiService, "ingress", /"INGRESS_TRAFFIC_INTERNAL_ONLY"/],
  },
];
