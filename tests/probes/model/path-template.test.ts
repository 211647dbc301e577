import { describe, expect, it } from "vitest";
import { filled, pathTemplate } from "../../../probes/model/path-template.ts";

describe("a template of a path (U13)", () => {
  it.each([
    ["/a/*", "/a/b", {}],
    ["/a/*", "/a/b/c", undefined],
    ["/a/*", "/a/", undefined],
    ["/a/**", "/a/b/c", {}],
    ["/a/**", "/a/", {}],
    ["/a/**", "/a", undefined],
    ["/{x}/b", "/a/b", { x: "a" }],
    ["/{x=*}/b", "/a/b", { x: "a" }],
    ["/a/{rest=**}", "/a/b/c", { rest: "b/c" }],
    ["/a/{file}.vtt", "/a/one.vtt", { file: "one" }],
    ["/a/{file}.vtt", "/a/one-vtt", undefined],
    ["/a/**.m3u8", "/a/b/c.m3u8", {}],
    ["/a.b", "/axb", undefined],
    ["/{x}/{y}", "/1/2", { x: "1", y: "2" }],
  ])("%s and %s", (template, path, groups) => {
    const found = pathTemplate(template)!.pattern.exec(path);
    expect(found === null ? undefined : { ...found.groups }).toEqual(groups);
  });

  it.each(["a/*", "/a/{", "/{x}/{x}", "/{x=a/*}", "/**/*", "/{rest=**}/{x}", "/***", "/*a*", "/{x}-{y}"])(
    "%s is none",
    (text) => {
      expect(pathTemplate(text)).toBeUndefined();
    },
  );

  it("counts its operators", () => {
    expect(pathTemplate("/{a}/{b=*}/*/x/**")!.operators).toBe(4);
    expect(pathTemplate("/a")!.operators).toBe(0);
  });

  it("is matched in no time, however long the path", () => {
    const { pattern } = pathTemplate("/*a/*a/*a/*a/**a")!;
    const started = Date.now();
    expect(pattern.test("/a".repeat(20_000))).toBe(false);
    expect(Date.now() - started).toBeLessThan(1000);
  });
});

describe("a rewrite template", () => {
  it("is filled with what was matched", () => {
    expect(filled("/v2/{y}/{x}", { x: "1", y: "a/b" })).toBe("/v2/a/b/1");
  });

  it("is not, where it names something else", () => {
    expect(filled("/v2/{z}", { x: "1" })).toBeUndefined();
    expect(filled("/v2/{toString}", {})).toBeUndefined();
  });
});
