import { describe, expect, it } from "vitest";
import { parseContract } from "../../../../contract/parse.ts";
import { buildEdges } from "../../../../probes/model/build.ts";
import { audit } from "../../../../probes/rules/static/audit.ts";
import type { Audit } from "../../../../probes/rules/static/audit.ts";
import { CLOUD_RUN_RULES } from "../../../../probes/rules/static/cloud-run/index.ts";
import { graphOf, smallEdge } from "../../../support/edge-fixture.ts";
import type { SmallEdge } from "../../../support/edge-fixture.ts";

const TOKEN =
  'session-token: { name: Sec-WebSocket-Protocol, send: "jwt-auth, jwt.${token:base64url}", arrives: unchanged, answer: jwt-auth }';

interface Declaring {
  readonly service?: string;
  readonly route?: string;
  readonly budgets?: string;
  readonly headers?: string;
}

const SOCKET =
  "paths: [/ws, /ws/*], protocol: websocket, clients: [browser, native], lifetime: 900s, headers: [session-token]";

function contractOf({ service = "timeout: 3600s", route = SOCKET, budgets = "", headers = TOKEN }: Declaring) {
  const text = `version: 1
name: example
environments:
  production: { project: example-production, region: us-central1, domain: example.com }
headers: { ${headers} }
services:
  api: { address: google_cloud_run_v2_service.api, ${service} }
routes:
  - { host: "api.\${domain}", service: api, ${route} }
${budgets}`;
  const parsed = parseContract(text, "headgate.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return { contract: parsed.contract, environment: parsed.contract.environments["production"]! };
}

function auditOf(change: (edge: SmallEdge) => void, declaring?: Declaring): Audit {
  const graph = graphOf(
    smallEdge((edge) => {
      edge.template["timeout"] = "3600s";
      change(edge);
    }),
  );
  const declared = declaring === undefined ? {} : { declared: contractOf(declaring) };
  return audit(CLOUD_RUN_RULES, { graph, edges: buildEdges(graph), ...declared });
}

const idsOf = ({ findings }: Audit): string[] => findings.map(({ id }) => id);
const openOf = ({ undecided }: Audit): string[] => undecided.map(({ id }) => id);
const UNREAD = "${var.unread}";

describe("rules on Cloud Run services", () => {
  it("find nothing in a service that is set up for sockets, with a contract and without one", () => {
    expect(auditOf(() => undefined)).toEqual({ findings: [], undecided: [] });
    expect(auditOf(() => undefined, {})).toEqual({ findings: [], undecided: [] });
  });

  it("speak of no service that takes no sockets", () => {
    const change = ({ urlMap, template, ports }: SmallEdge): void => {
      delete urlMap["host_rule"];
      delete urlMap["path_matcher"];
      delete template["timeout"];
      ports["name"] = "h2c";
    };
    expect(idsOf(auditOf(change))).toEqual([]);
  });

  it("hold the request timeout against the life that is declared, and no further", () => {
    const within = (timeout: string): Audit => auditOf(({ template }) => (template["timeout"] = timeout), {});
    expect(idsOf(within("900s"))).toEqual([]);
    expect(within("899s").findings).toMatchObject([{ id: "socket-outlives-request-timeout", severity: "error" }]);
    expect(within("899.5s").findings[0]!.remedy).toMatchObject([{ kind: "replace", value: "900s" }]);
  });

  it("say that a timeout cannot be read where a life is declared, and nothing where none is", () => {
    const change = ({ template }: SmallEdge): void => void (template["timeout"] = UNREAD);
    expect(openOf(auditOf(change, {}))).toEqual(["socket-outlives-request-timeout"]);
    expect(openOf(auditOf(change))).toEqual([]);
  });

  it("give an unwritten timeout the usual one, as a warning without a contract", () => {
    const change = ({ template }: SmallEdge): void => void delete template["timeout"];
    expect(auditOf(change).findings).toMatchObject([{ severity: "warning", where: { attribute: "template" } }]);
    expect(auditOf(change, {}).findings).toMatchObject([
      { severity: "error", remedy: [{ kind: "set", name: "timeout" }] },
    ]);
  });

  it("count the places of all instances where the contract counts sockets", () => {
    const slots = (instances: unknown, concurrency: unknown): Audit =>
      auditOf(
        ({ template }) => {
          template["scaling"] = { max_instance_count: instances };
          template["max_instance_request_concurrency"] = concurrency;
        },
        { budgets: "budgets: { concurrent-sockets: 800 }" },
      );
    expect(idsOf(slots(10, 80))).toEqual([]);
    expect(idsOf(slots(10, null))).toEqual([]);
    expect(idsOf(slots(10, 79))).toEqual(["too-few-slots-for-sockets"]);
    expect(idsOf(slots(9, null))).toEqual(["too-few-slots-for-sockets"]);
    expect(idsOf(slots(0, 80))).toEqual([]);
    expect(openOf(slots(UNREAD, 80))).toEqual(["too-few-slots-for-sockets"]);
  });

  it("say once that a share of a CPU leaves one place", () => {
    const change = ({ container, template }: SmallEdge): void => {
      container["resources"] = { limits: { cpu: "0.5" } };
      template["scaling"] = { max_instance_count: 2 };
    };
    expect(idsOf(auditOf(change, { budgets: "budgets: { concurrent-sockets: 800 }" }))).toEqual([
      "fractional-cpu-takes-one-socket",
    ]);
  });

  it("say one thing of an IAM check that is on", () => {
    const closed = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
    expect(auditOf(closed).findings).toMatchObject([{ id: "iam-check-refuses-browser-sockets", severity: "warning" }]);
    expect(auditOf(closed, {}).findings).toMatchObject([
      { id: "iam-check-refuses-browser-sockets", severity: "error" },
    ]);
    const headers = 'authorization: { name: Authorization, send: "Bearer ${token}", arrives: unchanged }';
    const route = "paths: [/ws], headers: [authorization]";
    expect(idsOf(auditOf(closed, { headers, route }))).toEqual(["iam-check-refuses-app-token"]);
    const cookie = 'session: { name: Cookie, send: "s=${token}", arrives: unchanged }';
    const withCookie = { headers: cookie, route: "paths: [/ws], headers: [session]" };
    expect(idsOf(auditOf(closed, withCookie))).toEqual(["iam-check-against-access"]);
  });

  it("take IAP in front for who checks, and what hides grants for what may open a service", () => {
    const closed = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
    const behindIap = (edge: SmallEdge): void => {
      closed(edge);
      edge.backend["iap"] = { enabled: true };
    };
    expect(auditOf(behindIap)).toEqual({ findings: [], undecided: [] });
    const granted = (edge: SmallEdge): void => {
      closed(edge);
      edge.resource["google_cloud_run_v2_service_iam_member"] = {
        any: { name: "${google_cloud_run_v2_service.api.name}", role: "roles/run.invoker", member: UNREAD },
      };
    };
    expect(auditOf(granted)).toMatchObject({ findings: [], undecided: [{ id: "iam-check-refuses-browser-sockets" }] });
  });

  it("speak of the run.app address only beside something that refuses", () => {
    const open = ({ service }: SmallEdge): void => void delete service["ingress"];
    expect(idsOf(auditOf(open))).toEqual([]);
    const guarded = (edge: SmallEdge): void => {
      open(edge);
      edge.backend["iap"] = { enabled: true };
    };
    expect(auditOf(guarded).findings).toMatchObject([
      { id: "run-app-address-bypasses-edge", by: [{ attribute: "iap" }] },
    ]);
    const shut = (edge: SmallEdge): void => {
      guarded(edge);
      edge.service["default_uri_disabled"] = true;
    };
    expect(idsOf(auditOf(shut))).toEqual([]);
  });

  it("take a template's own revision for the one that is served, and traffic that others move for theirs", () => {
    const pinned = (edge: SmallEdge): void => {
      const entry = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "api-1", percent: 100 };
      edge.service["traffic"] = [entry];
    };
    expect(idsOf(auditOf(pinned))).toEqual(["traffic-pinned-to-revision"]);
    const own = (edge: SmallEdge): void => {
      pinned(edge);
      edge.template["revision"] = "api-1";
    };
    expect(idsOf(auditOf(own))).toEqual([]);
    const moved = (edge: SmallEdge): void => {
      pinned(edge);
      edge.service["lifecycle"] = { ignore_changes: ["traffic"] };
    };
    expect(idsOf(auditOf(moved))).toEqual([]);
  });
});
