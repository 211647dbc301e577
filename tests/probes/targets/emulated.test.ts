import { describe, expect, it } from "vitest";
import { firstValue } from "../../../http/header-list.ts";
import { probeHttp } from "../../../probes/probers/http.ts";
import { probeWebSocket } from "../../../probes/probers/websocket.ts";
import { emulatedTarget } from "../../../probes/targets/emulated.ts";
import { KEY, attemptOf, deadline, plannedCase, signedTarget } from "../../support/attempt-fixture.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { rawClient } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
const PROBERS = { http: probeHttp, websocket: probeWebSocket } as const;
const services = [
  { address: ADDRESS.apiService, name: "backend", subprotocols: ["jwt-auth"] },
  { address: ADDRESS.webService, name: "frontend", subprotocols: [] },
];

const start = async (patch?: (edge: SmallEdge) => void) =>
  opened(await emulatedTarget(edgeModel(patch), { key: KEY, services }));

describe.each(["http", "websocket"] as const)("an emulated target, by %s", (protocol) => {
  const probe = PROBERS[protocol];
  const lines = [["Authorization", "Bearer c"]] as const;

  it("reaches the witness of the service that the model chooses, through the edge and TLS", async () => {
    const target = await start();
    expect(target.kind).toBe("emulated");
    for (const [path, name] of [
      ["/ws", "backend"],
      ["/other", "frontend"],
    ] as const) {
      const attempt = attemptOf(protocol, lines, { target: signedTarget(path) });
      const seen = await probe(attempt, target.endpointFor(attempt.case), deadline());
      expect(seen).toMatchObject({ secure: true, witness: { service: name } });
      expect(firstValue(seen.witness!.headers, "via")).toBe("1.1 google");
      expect(firstValue(seen.witness!.headers, "authorization")).toBe("Bearer c");
      expect(firstValue(seen.response!.headers, "via")).toBe("1.1 google");
    }
  });

  it("shows at the far side what the configuration takes away", async () => {
    const target = await start(
      ({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["Authorization"] }),
    );
    const attempt = attemptOf(protocol, lines);
    const seen = await probe(attempt, target.endpointFor(attempt.case), deadline());
    expect(firstValue(seen.sent!, "authorization")).toBe("Bearer c");
    expect(seen.witness!.service).toBe("backend");
    expect(firstValue(seen.witness!.headers, "authorization")).toBeUndefined();
  });

  it("has control legs that go past the edge", async () => {
    const target = await start(
      ({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["Authorization"] }),
    );
    expect(target.controlLegs.map(({ name, group }) => [name, group])).toEqual([
      ["backend", "backend"],
      ["frontend", "frontend"],
    ]);
    for (const { endpoint, name, path, protocols } of target.controlLegs) {
      expect(protocols).toContain(protocol);
      const attempt = attemptOf(protocol, lines, { target: signedTarget(path) });
      const seen = await probe(attempt, endpoint, deadline());
      expect(seen.witness!.service).toBe(name);
      expect(firstValue(seen.witness!.headers, "authorization")).toBe("Bearer c");
      expect(firstValue(seen.witness!.headers, "via")).toBeUndefined();
    }
  });

  it("is opened by its own key only", async () => {
    const target = opened(await emulatedTarget(edgeModel(), { key: "another", services }));
    const attempt = attemptOf(protocol);
    const seen = await probe(attempt, target.endpointFor(attempt.case), deadline());
    expect(seen.witness).toBeUndefined();
    expect(seen.response!.status).toBe(404);
  });
});

it("each service selects its own subprotocols", async () => {
  const target = await start();
  for (const [path, selected] of [
    ["/ws", "jwt-auth"],
    ["/other", ""],
  ] as const) {
    const attempt = attemptOf("websocket", [["Sec-WebSocket-Protocol", "jwt-auth"]], { target: signedTarget(path) });
    const seen = await probeWebSocket(attempt, target.endpointFor(attempt.case), deadline());
    expect(seen.subprotocol).toBe(selected);
  }
});

it("assumptions reach the emulator", async () => {
  const read = async (reading: string) => {
    const options = { key: KEY, services, assumptions: { "underscore-names": reading } };
    const target = opened(await emulatedTarget(edgeModel(), options));
    const attempt = attemptOf("http", [["x_under", "1"]]);
    const seen = await probeHttp(attempt, target.endpointFor(attempt.case), deadline());
    return [seen.response!.status, firstValue(seen.witness?.headers ?? [], "x_under")];
  };
  expect(await read("passed")).toEqual([200, "1"]);
  expect(await read("dropped")).toEqual([200, undefined]);
  expect(await read("refused")).toEqual([400, undefined]);
});

it("close ends the edge and every witness", async () => {
  const target = await emulatedTarget(edgeModel(), { key: KEY, services });
  const ports = [
    target.endpointFor(plannedCase("http")).port,
    ...target.controlLegs.map(({ endpoint }) => endpoint.port),
  ];
  await target.close();
  for (const port of ports) await expect(rawClient(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
