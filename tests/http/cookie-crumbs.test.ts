import { expect, it } from "vitest";
import { cookieCrumbs, joinCookieCrumbs } from "../../http/cookie-crumbs.ts";

it("takes a cookie line apart at its separators alone", () => {
  expect(cookieCrumbs("a=1; b=2;c=3; ")).toEqual(["a=1", "b=2;c=3", ""]);
  expect(cookieCrumbs("a=1")).toEqual(["a=1"]);
});

it("joins the pieces to the line that they were, in the place of the first", () => {
  const line = "a=1; b=2;c=3; ";
  const fields = cookieCrumbs(line).map((crumb) => ["cookie", crumb] as const);
  const [first, ...others] = fields;
  expect(joinCookieCrumbs([["x", "1"], first!, ["x", "2"], ...others, ["y", "3"]])).toEqual([
    ["x", "1"],
    ["cookie", line],
    ["x", "2"],
    ["y", "3"],
  ]);
});

it("leaves a list without cookies as it is, and other names apart", () => {
  const fields = [
    ["a", "1"],
    ["a", "2"],
    ["set-cookie", "b=1"],
    ["set-cookie", "c=2"],
  ] as const;
  expect(joinCookieCrumbs(fields)).toEqual(fields);
});
