import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const checked = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
const invoker = (edge: SmallEdge, more: object): void => {
  checked(edge);
  edge.resource["google_cloud_run_v2_service_iam_member"] = {
    all: { name: "${google_cloud_run_v2_service.api.name}", role: "roles/run.invoker", member: "allUsers", ...more },
  };
};
const answered = (patch: (edge: SmallEdge) => void, lines: readonly HeaderLine[] = []) => {
  const traces = (["http", "websocket"] as const).map((one) => traceRequest(edgeModel(patch), edgeRequest(one, lines)));
  return traces.map(({ outcome, answer }) => [outcome, answer?.status, answer?.by.fact]);
};
const REACHED = ["backend", undefined, undefined];

describe("several credentials (R13)", () => {
  it("are refused with 401, on both protocols", () => {
    const lines: HeaderLine[] = [
      ["Authorization", "Bearer a"],
      ["authorization", "Bearer b"],
    ];
    expect(answered(() => undefined, lines)).toEqual([
      ["answered-by-edge", 401, "R13"],
      ["answered-by-edge", 401, "R13"],
    ]);
  });
});

describe("the IAM check (R10)", () => {
  it.each<[string, HeaderLine[], number]>([
    ["no token", [], 403],
    ["a token that is not Google's", [["Authorization", "Bearer c"]], 401],
    ["a token in the serverless header", [["X-Serverless-Authorization", "Bearer c"]], 401],
  ])("with %s answers in place of the service", (_, lines, status) => {
    expect(answered(checked, lines)).toEqual([
      ["answered-by-edge", status, "R10"],
      ["answered-by-edge", status, "R10"],
    ]);
  });

  it("is on with invoker_iam_disabled = false, and says where", () => {
    const model = edgeModel(({ service }) => (service["invoker_iam_disabled"] = false));
    expect(traceRequest(model, edgeRequest("http")).answer!.by).toMatchObject({
      address: ADDRESS.apiService,
      attribute: "invoker_iam_disabled",
    });
  });

  it.each<[string, (edge: SmallEdge) => void]>([
    ["invoker_iam_disabled", () => undefined],
    ["allUsers by reference", (edge) => invoker(edge, {})],
    ["allUsers by name", (edge) => invoker(edge, { name: "api" })],
  ])("is off with %s", (_, patch) => {
    expect(answered(patch)).toEqual([REACHED, REACHED]);
  });

  it.each<[string, object]>([
    ["another role", { role: "roles/run.viewer" }],
    ["another member", { member: "user:a@example.com" }],
    ["another service", { name: "${google_cloud_run_v2_service.web.name}" }],
    ["another service's name", { name: "web" }],
  ])("stays on with %s", (_, more) => {
    expect(answered((edge) => invoker(edge, more))[0]).toEqual(["answered-by-edge", 403, "R10"]);
  });
});

describe("an h2c port (R4)", () => {
  it("is asked about after the check, and only for upgrades", () => {
    const h2c = ({ ports }: SmallEdge): void => void (ports["name"] = "h2c");
    expect(answered(h2c)).toEqual([REACHED, ["answered-by-edge", 503, "R4"]]);
  });

  it("is found in the container that has ports", () => {
    const sidecar = ({ template, container, ports }: SmallEdge): void => {
      ports["name"] = "h2c";
      template["containers"] = [{ image: "us-docker.pkg.dev/example/sidecar" }, container];
    };
    expect(answered(sidecar)[1]).toEqual(["answered-by-edge", 503, "R4"]);
  });

  it("is none without ports, or with ports that have no name", () => {
    expect(answered(({ container }) => delete container["ports"])[1]).toEqual(REACHED);
    expect(answered(({ ports }) => delete ports["name"])[1]).toEqual(REACHED);
  });
});
