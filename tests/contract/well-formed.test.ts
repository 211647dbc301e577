import { describe, expect, it } from "vitest";
import { parseLocated } from "../../contract/locate.ts";
import { wellFormed } from "../../contract/well-formed.ts";
import { EVERYTHING, FILE, edit } from "../support/builders.ts";

const partsOf = (text: string): ReturnType<typeof wellFormed> => wellFormed(parseLocated(text, FILE).value);

describe("wellFormed", () => {
  it("keeps every part of a good contract", () => {
    const parts = partsOf(EVERYTHING);
    expect([...parts.environments.keys()]).toEqual(["staging", "production"]);
    expect([...parts.services.keys()]).toEqual(["backend", "reports", "console", "frontend"]);
    expect(parts.headers.size).toBe(6);
    expect(parts.routes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(parts.edge).toMatchObject({ waf: "enforce" });
    expect(parts.budgets).toMatchObject({ "concurrent-sockets": 1000 });
  });

  it("fills in what a part leaves out", () => {
    expect(partsOf(EVERYTHING).services.get("frontend")).toMatchObject({ port: 8080, access: "app", env: {} });
  });

  it("leaves out a broken part alone, and still knows that it is declared", () => {
    const parts = partsOf(edit(EVERYTHING, "port: 8000", "port: 0"));
    expect([...parts.services.keys()]).toEqual(["reports", "console", "frontend"]);
    expect(parts.declared.services).toEqual(["backend", "reports", "console", "frontend"]);
  });

  it("keeps a part without the keys that it does not know", () => {
    const parts = partsOf(edit(EVERYTHING, "  waf: enforce\n", "  waf: enforce\n  wfa: off\n"));
    expect(parts.edge).toEqual({
      waf: "enforce",
      "rate-limit": { requests: 400, per: "10s" },
      "request-logging": 0.25,
    });
  });

  it("knows the defaults of an edge and of budgets that are not written", () => {
    expect(partsOf("version: 1\n")).toMatchObject({ edge: { waf: "preview", "request-logging": 1 }, budgets: {} });
  });

  it("knows no edge and no budgets where they are broken", () => {
    expect(partsOf("edge: []\nbudgets: 3\n")).toMatchObject({ edge: undefined, budgets: undefined });
  });

  it.each(["", "hello\n", "- a\n", "routes: x\nservices: [a]\n"])(
    "finds nothing in a text without parts: %j",
    (text) => {
      const parts = partsOf(text);
      expect([parts.services.size, parts.headers.size, parts.environments.size, parts.routes.length]).toEqual([
        0, 0, 0, 0,
      ]);
    },
  );
});
