import { describe, expect, it } from "vitest";
import { liveTarget } from "../../../probes/targets/live.ts";
import { plannedCase } from "../../support/attempt-fixture.ts";

const http = plannedCase("http");
const websocket = plannedCase("websocket");
const other = plannedCase("http", { id: "other", host: "app.example.com", form: "/*", path: "/x" });

describe("a live target", () => {
  it("is reached by its own name, by TLS", () => {
    const target = liveTarget([http], {});
    expect(target.kind).toBe("live");
    expect(target.endpointFor(http)).toEqual({
      scheme: "https",
      address: "api.example.com",
      port: 443,
      host: "api.example.com",
    });
  });

  it("pinned changes where, never who", () => {
    const pinned = { scheme: "http", address: "192.0.2.1", port: 8080 } as const;
    expect(liveTarget([http], { pinned, ca: "PEM" }).endpointFor(other)).toEqual({
      ...pinned,
      host: "app.example.com",
      ca: "PEM",
    });
  });

  it("has one control for each host, form and protocol, all of one group", () => {
    const { controlLegs } = liveTarget([http, { ...http, id: "again", client: "browser" }, websocket, other], {});
    expect(controlLegs.map(({ name, path, protocols }) => [name, path, protocols])).toEqual([
      ["api.example.com/ws", "/ws", ["http"]],
      ["api.example.com/ws", "/ws", ["websocket"]],
      ["app.example.com/*", "/x", ["http"]],
    ]);
    expect(new Set(controlLegs.map(({ group }) => group)).size).toBe(1);
    expect(controlLegs[2]!.endpoint.host).toBe("app.example.com");
  });

  it("has no control where there is no case", () => {
    expect(liveTarget([], {}).controlLegs).toEqual([]);
  });

  it("needs no closing", async () => {
    await expect(liveTarget([], {}).close()).resolves.toBeUndefined();
  });
});
