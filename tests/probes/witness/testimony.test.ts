import { describe, expect, it } from "vitest";
import { startWitness } from "../../../probes/witness/start.ts";
import type { WitnessOptions } from "../../../probes/witness/start.ts";
import { answerTo, signedLine as header, statusOf } from "../../support/ask-witness.ts";
import { KEY, signature, signedTarget } from "../../support/attempt-fixture.ts";
import { closeAfterEach, get, handshake } from "../../support/emulated-edge.ts";

const opened = closeAfterEach();

const start = async (more: Partial<WitnessOptions> = {}) =>
  opened(await startWitness({ service: "backend", key: KEY, ...more }));

describe("a signature", () => {
  it("opens from the header, from the query, and from both when it is the same", async () => {
    const { port } = await start();
    const both = signature();
    for (const bytes of [
      get([header(signature())]),
      get([], signedTarget()),
      get([header(both)], `/ws?a=1&headgate-signature=${both}&b=2`),
      get([header(signature())], "/ws?headgate-signature="),
    ])
      expect(await statusOf(port, bytes)).toBe(200);
  });

  it.each([
    ["HTTP", "HTTP"],
    ["HTTP", "WebSocket"],
    ["WebSocket", "HTTP"],
    ["WebSocket", "WebSocket"],
  ])("opens once: by %s, then no more by %s", async (...protocols) => {
    const { port } = await start();
    const token = header(signature());
    const statuses = [];
    for (const protocol of protocols)
      statuses.push(await statusOf(port, protocol === "HTTP" ? get([token]) : handshake([token])));
    expect(statuses).toEqual([protocols[0] === "HTTP" ? 200 : 101, 404]);
  });

  it("opens once for its nonce: another expiry makes no other of it", async () => {
    const { port } = await start();
    const signed = (): string =>
      get([header(signature({ nonce: "same", expiresAt: Date.now() + 60_000 + Math.random() * 1e6 }))]);
    expect([await statusOf(port, signed()), await statusOf(port, signed())]).toEqual([200, 404]);
  });

  it("is refused with 503 while the witness cannot remember it, and taken when it can again", async () => {
    let now = 1000;
    const { port } = await start({ now: () => now, limits: { maxNonces: 2 } });
    const signed = (expiresAt: number): string => header(signature({ expiresAt }));
    expect(await statusOf(port, get([signed(2000)]))).toBe(200);
    expect(await statusOf(port, handshake([signed(3000)]))).toBe(101);
    const { status, text } = await answerTo(port, get([signed(4000)]));
    expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining("nonces") as string });
    expect(await statusOf(port, handshake([signed(4000)]))).toBe(503);
    expect(await statusOf(port, get())).toBe(404);
    now = 2000;
    expect(await statusOf(port, get([signed(4000)]))).toBe(200);
    expect(await statusOf(port, get([signed(4000)]))).toBe(503);
  });
});
