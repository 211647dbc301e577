import { describe, expect, it } from "vitest";
import { SHOWN, WITHHELD, planControl } from "../../../probes/plan/controls.ts";
import { mintAttempt } from "../../../probes/plan/mint.ts";
import { steadyMint } from "../../support/builders.ts";

const LEG = {
  name: "edge",
  endpoint: { scheme: "https", address: "127.0.0.1", port: 8443, host: "api.staging.example.com" },
  path: "/ws",
  protocols: ["http", "websocket"],
  group: "edge",
} as const;

describe("planControl", () => {
  const planned = planControl("staging", LEG, "websocket");

  it("asks the leg by its host, path and protocol, as a native client", () => {
    expect(planned).toMatchObject({
      env: "staging",
      host: "api.staging.example.com",
      path: "/ws",
      protocol: "websocket",
      client: "native",
    });
  });

  it("sends the header that must be shown, and withholds the other", () => {
    const names = mintAttempt(planned, steadyMint()).lines.map(([name]) => name);
    expect(names).toContain(SHOWN);
    expect(names).not.toContain(WITHHELD);
  });

  it("has an id of its own for each protocol", () => {
    expect(planControl("staging", LEG, "http").id).not.toBe(planned.id);
  });
});
