import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, moreSpecific, pathForm, triedPaths } from "../../contract/paths.ts";
import type { PathForm } from "../../contract/paths.ts";
import { RUNS } from "../support/builders.ts";

const segments = fc.array(fc.constantFrom("a", "b", "ws"), { maxLength: 3 });
const path = fc
  .tuple(segments, fc.boolean())
  .map(([names, slash]) => `/${names.join("/")}${slash && names.length > 0 ? "/" : ""}`);
const form = fc
  .tuple(segments, fc.boolean())
  .map(([names, isPrefix]) => pathForm(`/${[...names, ...(isPrefix ? ["*"] : [])].join("/")}`));

/** What a URL map does with a form, written without the code under test. */
function matches({ text }: PathForm, requested: string): boolean {
  return text.endsWith("/*") ? requested.startsWith(text.replace("*", "")) : requested === text;
}

describe("pathForm", () => {
  it("reads a path without a star as itself alone", () => {
    expect(pathForm("/ws")).toEqual({ text: "/ws", kind: "exact", match: "/ws" });
  });

  it("reads a star as everything below the folder", () => {
    expect(pathForm("/ws/*")).toEqual({ text: "/ws/*", kind: "prefix", match: "/ws/" });
  });

  it("reads the catch-all as everything", () => {
    expect(pathForm("/*")).toEqual({ text: "/*", kind: "prefix", match: "/" });
  });
});

describe("covers", () => {
  it("does not let /ws/* cover /ws itself", () => {
    expect(covers(pathForm("/ws/*"), pathForm("/ws"))).toBe(false);
  });

  it("lets /ws/* cover the bare folder /ws/", () => {
    expect(covers(pathForm("/ws/*"), pathForm("/ws/"))).toBe(true);
  });

  it("does not let /ws/* cover a path that only starts with the same letters", () => {
    expect(covers(pathForm("/ws/*"), pathForm("/wsx/y"))).toBe(false);
  });

  it("does not let an exact path cover the folder below it", () => {
    expect(covers(pathForm("/ws/"), pathForm("/ws/*"))).toBe(false);
  });

  it("means that the outer form matches every path that the inner one matches", () => {
    fc.assert(
      fc.property(form, form, path, (outer, inner, requested) => {
        fc.pre(covers(outer, inner) && matches(inner, requested));
        expect(matches(outer, requested)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("moreSpecific", () => {
  it("puts a path before the folder that would swallow it", () => {
    expect(moreSpecific(pathForm("/ws/x"), pathForm("/ws/*"))).toBe(true);
  });

  it("puts a folder before one above it", () => {
    expect(moreSpecific(pathForm("/ws/*"), pathForm("/*"))).toBe(true);
  });

  it("orders no form before itself", () => {
    expect(moreSpecific(pathForm("/ws/*"), pathForm("/ws/*"))).toBe(false);
  });

  it("never orders two forms both ways", () => {
    fc.assert(
      fc.property(form, form, (a, b) => {
        expect(moreSpecific(a, b) && moreSpecific(b, a)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it("orders any two different forms that match one path", () => {
    fc.assert(
      fc.property(form, form, path, (a, b, requested) => {
        fc.pre(a.text !== b.text && matches(a, requested) && matches(b, requested));
        expect(moreSpecific(a, b) || moreSpecific(b, a)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("triedPaths", () => {
  it("tries an exact path as it is", () => {
    expect(triedPaths(pathForm("/ws"), "n1")).toEqual(["/ws"]);
  });

  it("tries a folder bare and with one name below it", () => {
    expect(triedPaths(pathForm("/ws/*"), "n1")).toEqual(["/ws/", "/ws/n1"]);
  });

  it("tries only what the form matches", () => {
    fc.assert(
      fc.property(form, (own) => {
        const tried = triedPaths(own, "n1");
        expect(tried).not.toHaveLength(0);
        expect(tried.filter((requested) => !matches(own, requested))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
