import { describe, expect, it } from "vitest";
import {
  firstValue,
  hasHeader,
  linesOf,
  listMembers,
  sameName,
  trimBlanks,
  valuesOf,
  withoutHeader,
} from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";

const LIST: HeaderList = [
  ["Cookie", "a=1"],
  ["X-Forwarded-For", "203.0.113.7"],
  ["cookie", "b=2"],
];

describe("sameName", () => {
  it("takes names that differ in case alone for one field", () => {
    expect(sameName("X-User-Id", "x-uSER-id")).toBe(true);
  });

  it("keeps a name apart from a longer one that starts with it", () => {
    expect(sameName("X-User", "X-User-Id")).toBe(false);
  });
});

describe("valuesOf", () => {
  it("gives the value of every line of a field, in wire order", () => {
    expect(valuesOf(LIST, "COOKIE")).toEqual(["a=1", "b=2"]);
  });

  it("gives nothing for a field that is absent", () => {
    expect(valuesOf(LIST, "Authorization")).toEqual([]);
  });
});

describe("firstValue", () => {
  it("gives the first of several lines", () => {
    expect(firstValue(LIST, "cookie")).toBe("a=1");
  });

  it("tells an absent field from an empty one", () => {
    expect([firstValue([["A", ""]], "a"), firstValue([["A", ""]], "b")]).toEqual(["", undefined]);
  });
});

describe("hasHeader", () => {
  it("sees a field whose value is empty", () => {
    expect(hasHeader([["A", ""]], "a")).toBe(true);
  });

  it("does not see a field in another one's value", () => {
    expect(hasHeader([["A", "b"]], "b")).toBe(false);
  });
});

describe("withoutHeader", () => {
  it("drops every line of the field and keeps the order of the others", () => {
    const list: HeaderList = [...LIST, ["Accept", "*/*"]];
    expect(withoutHeader(list, "Cookie")).toEqual([
      ["X-Forwarded-For", "203.0.113.7"],
      ["Accept", "*/*"],
    ]);
  });

  it("leaves the list it was given alone", () => {
    withoutHeader(LIST, "Cookie");
    expect(LIST).toHaveLength(3);
  });
});

describe("listMembers", () => {
  it("joins the members of several lines in order", () => {
    expect(listMembers(["a, b", "c"])).toEqual(["a", "b", "c"]);
  });

  it("drops empty members and the blanks around the others", () => {
    expect(listMembers([" a ,,\tb\t", "", ","])).toEqual(["a", "b"]);
  });
});

describe("trimBlanks", () => {
  it("drops spaces and tabs at both ends and keeps those within", () => {
    expect(trimBlanks("\t a \t b ")).toBe("a \t b");
  });

  it("keeps a no-break space, which is a byte of the value", () => {
    expect(trimBlanks("\u00a0a\u00a0")).toBe("\u00a0a\u00a0");
  });
});

describe("linesOf", () => {
  it("pairs names with their values, in order, duplicates kept", () => {
    expect(linesOf(["Cookie", "a=1", "cookie", "b=2"])).toEqual([
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ]);
  });

  it("gives no lines for no headers", () => {
    expect(linesOf([])).toEqual([]);
  });
});
