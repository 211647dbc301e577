import { expect, it } from "vitest";
import { throwAwayAuthority } from "../../../probes/emulator/certificate.ts";
import { startEmulator } from "../../../probes/emulator/start.ts";
import { ADDRESS, HOST, edgeModel } from "../../support/edge-fixture.ts";
import { answerOk, closeAfterEach, get, startEdge } from "../../support/emulated-edge.ts";
import { closedPort, rawTlsClient, startRawServer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

it("emulators of one authority are trusted as one, whatever names they have", async () => {
  const authority = await throwAwayAuthority();
  const models = [edgeModel(), edgeModel(({ certificate }) => void (certificate["managed"] = { domains: [HOST] }))];
  for (const model of models) {
    const emulator = opened(await startEmulator(model, { backends: {}, authority }));
    expect(emulator.ca).toBe(authority.certificate);
    const client = await rawTlsClient(emulator.ports.https!, HOST, authority.certificate);
    client.send(get());
    expect((await client.responseHead()).status).toBe(503);
    client.socket.destroy();
  }
});

it("what stands behind a backend service comes before what stands in for its service", async () => {
  const own = opened(await startRawServer(answerOk));
  const backends = {
    [ADDRESS.api]: { host: "127.0.0.1", port: own.port },
    [ADDRESS.apiService]: { host: "127.0.0.1", port: await closedPort() },
  };
  const edge = opened(await startEdge({ emulator: { backends } }));
  const client = await edge.client();
  client.send(get());
  expect((await client.responseHead()).status).toBe(200);
});
