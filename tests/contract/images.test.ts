import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IMAGES_FILE, withImages } from "../../contract/images.ts";
import { ContractError } from "../../contract/problem.ts";
import { REFERENCE, contractOf } from "../support/builders.ts";

const CONTRACT = contractOf(REFERENCE);
const image = (name: string, digit: string): string => `registry.example.com/${name}@sha256:${digit.repeat(64)}`;
const BY_DIGEST =
  "an image is named by digest, because a tag can move: region-docker.pkg.dev/project/repo/image@sha256:<64 hex digits>";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-images-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** File of images with this content; one that is not there where none is given. */
function fileOf(content?: string): string {
  const file = join(folder, content === undefined ? "missing.json" : IMAGES_FILE);
  if (content !== undefined) writeFileSync(file, content);
  return file;
}

function imagesOf(content: string | undefined, ...options: string[]): Record<string, string | undefined> {
  const { services } = withImages(CONTRACT, { options, file: fileOf(content) });
  return Object.fromEntries(Object.entries(services).map(([id, service]) => [id, service.image]));
}

/** What is said about the images, with the file called as a person knows it. */
function refusal(content: string | undefined, ...options: string[]): string[] {
  try {
    imagesOf(content, ...options);
  } catch (error) {
    if (error instanceof ContractError) return error.message.replaceAll(`${folder}/`, "").split("\n");
    throw error;
  }
  throw new Error("the images were accepted");
}

const DECLARED = imagesOf(undefined);

describe("withImages", () => {
  it("leaves the contract as it is where there is no file and no option", () => {
    expect(withImages(CONTRACT, { options: [], file: fileOf() })).toEqual(CONTRACT);
  });

  it("takes an image from the file before that of the contract, and changes nothing else", () => {
    const file = fileOf(JSON.stringify({ auth: image("auth", "a") }));
    const auth = { ...CONTRACT.services["auth"], image: image("auth", "a") };
    expect(withImages(CONTRACT, { options: [], file })).toEqual({
      ...CONTRACT,
      services: { ...CONTRACT.services, auth },
    });
  });

  it("takes an image from an option before that of the file", () => {
    const content = JSON.stringify({ auth: image("auth", "a"), backend: image("backend", "a") });
    expect(imagesOf(content, `auth=${image("auth", "b")}`)).toEqual({
      ...DECLARED,
      auth: image("auth", "b"),
      backend: image("backend", "a"),
    });
  });

  it("takes several options, each for its service", () => {
    expect(imagesOf(undefined, `auth=${image("auth", "b")}`, `frontend=${image("frontend", "c")}`)).toEqual({
      ...DECLARED,
      auth: image("auth", "b"),
      frontend: image("frontend", "c"),
    });
  });

  it("gives an image to a service that declares none", () => {
    const text = REFERENCE.replace(/ {4}image: .*frontend@.*\n/, "    port: 80\n");
    const { services } = withImages(contractOf(text), { options: [`frontend=${image("web", "d")}`], file: fileOf() });
    expect(services["frontend"]!.image).toBe(image("web", "d"));
  });

  it("takes a file without services as one that names none", () => {
    expect(imagesOf("{}")).toEqual(DECLARED);
  });
});

describe("a file of images", () => {
  it.each([
    ["that is not JSON", '{ "auth": ', ["images.json:1:11  not valid JSON: Flow map must end with a }"]],
    [
      "that names a service twice",
      '{\n  "auth": "a",\n  "auth": "b"\n}',
      ["images.json:3:3  not valid JSON: Map keys must be unique"],
    ],
    ["that is empty", "", ["images.json:1:1  must be an object: service → image by digest"]],
    ["that is a list", "[]", ["images.json:1:1  must be an object: service → image by digest"]],
    ["that is a text", '"auth"', ["images.json:1:1  must be an object: service → image by digest"]],
    [
      "that names no such service",
      `{\n  "auht": "${image("auth", "a")}"\n}`,
      [
        "images.json:2:3  no such service in the contract",
        '    value  "auht"',
        "    try    auth",
        "    valid  backend, auth, frontend",
      ],
    ],
    [
      "that names a property of every object",
      `{ "constructor": "${image("auth", "a")}" }`,
      [
        "images.json:1:3  no such service in the contract",
        '    value  "constructor"',
        "    valid  backend, auth, frontend",
      ],
    ],
    [
      "with a tag in place of a digest",
      '{\n  "auth": "registry.example.com/auth:1.0"\n}',
      [`images.json:2:3  auth: ${BY_DIGEST}`, '    value  "registry.example.com/auth:1.0"'],
    ],
    ["with a number for an image", '{ "auth": 3 }', [`images.json:1:3  auth: ${BY_DIGEST}`, "    value  3"]],
    ["with nothing for an image", '{ "auth": null }', [`images.json:1:3  auth: ${BY_DIGEST}`, "    value  null"]],
  ])("is refused: one %s", (_, content, says) => {
    expect(refusal(content)).toEqual(says);
  });
});

describe("the option --image", () => {
  it.each([
    [
      "for no such service",
      `bakend=${image("backend", "a")}`,
      [
        "--image:1:1  no such service in the contract",
        '    value  "bakend"',
        "    try    backend",
        "    valid  backend, auth, frontend",
      ],
    ],
    [
      "with a tag in place of a digest",
      "auth=registry.example.com/auth:1.0",
      [`--image:1:1  auth: ${BY_DIGEST}`, '    value  "registry.example.com/auth:1.0"'],
    ],
    ["without an image", "auth", [`--image:1:1  auth: ${BY_DIGEST}`, "    value  (nothing)"]],
    ["with an empty image", "auth=", [`--image:1:1  auth: ${BY_DIGEST}`, '    value  ""']],
    [
      "without a service",
      image("auth", "a"),
      [
        "--image:1:1  no such service in the contract",
        `    value  "${image("auth", "a")}"`,
        "    valid  backend, auth, frontend",
      ],
    ],
  ])("is refused %s", (_, option, says) => {
    expect(refusal(undefined, option)).toEqual(says);
  });

  it("is refused with everything that is wrong in the file too, and with its number", () => {
    expect(refusal('{ "auth": "a:1" }', `backend=${image("backend", "a")}`, "frontend=b:2")).toEqual([
      `images.json:1:3  auth: ${BY_DIGEST}`,
      '    value  "a:1"',
      `--image:1:2  frontend: ${BY_DIGEST}`,
      '    value  "b:2"',
    ]);
  });

  it("is refused when it names one service twice: nobody could tell which was meant", () => {
    expect(refusal(undefined, `auth=${image("auth", "a")}`, `auth=${image("auth", "b")}`)).toEqual([
      "--image:1:2  auth: is named twice",
      `    value  "${image("auth", "b")}"`,
    ]);
  });
});
