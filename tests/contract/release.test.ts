import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalContract } from "../../contract/canonical.ts";
import { ContractError } from "../../contract/problem.ts";
import { RELEASE_FILE, contractOfRelease, loadCandidate, loadRelease, loadReleases } from "../../contract/release.ts";
import type { ReleaseEntry } from "../../contract/release.ts";
import { stampOf } from "../../contract/stamp.ts";
import { EVERYTHING, REFERENCE, RUNS, contractOf, edit, environmentOf } from "../support/builders.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-release-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a promotion records of one environment of a contract. */
function entryOf(text: string, environment = "production", generation = "0a1b2c3d"): ReleaseEntry {
  const parsed = contractOf(text);
  const contract = canonicalContract(parsed, environmentOf(parsed, environment));
  const generations = Object.fromEntries(Object.keys(contract.services).map((service) => [service, generation]));
  const stamped = { contract, generations, tool: "1.2.3" };
  return { stamp: stampOf(stamped), ...stamped };
}

function fileOf(content: unknown): string {
  const file = join(folder, RELEASE_FILE);
  writeFileSync(file, typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

const LIVE = entryOf(EVERYTHING);
const release = (more: object = {}): object => ({
  schema: "headgate-release/2",
  environments: { production: { live: LIVE, ...more } },
});

/** What is said about a release, with the file called as a person knows it. */
function refusal(content: unknown, load: (file: string, environment: string) => unknown = loadRelease): string[] {
  try {
    load(fileOf(content), "production");
  } catch (error) {
    if (error instanceof ContractError) return error.message.replaceAll(`${folder}/`, "").split("\n");
    throw error;
  }
  throw new Error("the release was accepted");
}

describe("loadRelease", () => {
  it("gives nothing where there is no file: nothing was promoted yet", () => {
    expect(loadRelease(join(folder, "missing.json"), "production")).toBeUndefined();
  });

  it.each(["staging", "constructor"])("gives nothing for an environment that the file does not hold: %s", (id) => {
    expect(loadRelease(fileOf(release()), id)).toBeUndefined();
  });

  it("gives what is live, and nothing kept where nothing is", () => {
    expect(loadRelease(fileOf(release()), "production")).toEqual({ live: LIVE, kept: [] });
  });

  it("gives what is kept in the order of the file", () => {
    const kept = [entryOf(EVERYTHING, "production", "00000001"), entryOf(EVERYTHING, "production", "00000002")];
    expect(loadRelease(fileOf(release({ kept })), "production")).toEqual({ live: LIVE, kept });
  });

  it("reads a file whatever the order of its keys and its blanks", () => {
    const { contract, generations, stamp, tool } = LIVE;
    const turned = { environments: { production: { live: { tool, generations, contract, stamp } } } };
    const text = JSON.stringify({ ...turned, schema: "headgate-release/1" });
    expect(loadRelease(fileOf(text), "production")).toEqual({ live: LIVE, kept: [] });
  });

  it("gives proofs, ends, and what was taken back", () => {
    const proof = { stamp: LIVE.stamp, at: "2026-01-31T23:59:59Z", run: "r1", mac: "0".repeat(64) };
    const kept = [{ ...entryOf(EVERYTHING, "production", "00000001"), until: proof.at, withdrawn: true }];
    const live = { ...LIVE, proof };
    expect(loadRelease(fileOf(release({ live, kept })), "production")).toEqual({ live, kept });
  });

  it("reads a file of the schema before, which knew neither", () => {
    const kept = [entryOf(EVERYTHING, "production", "00000001")];
    const file = fileOf({ ...release({ kept }), schema: "headgate-release/1" });
    expect(loadRelease(file, "production")).toEqual({ live: LIVE, kept });
  });

  it("does not judge the entries of another environment, which another run reads", () => {
    const staging = { live: { ...LIVE, stamp: "0" } };
    const file = fileOf({ schema: "headgate-release/1", environments: { staging, production: { live: LIVE } } });
    expect(loadRelease(file, "production")).toEqual({ live: LIVE, kept: [] });
  });
});

const REMEDY = "take the file from the last promotion";

describe("a file that is no release", () => {
  it.each([
    ["that is broken off", '{ "schema": ', /^release\.json:1:\d+ {2}not valid JSON: /],
    [
      "with a key that stands twice",
      '{\n  "schema": 1,\n  "schema": 2\n}',
      /^release\.json:3:3 {2}not valid JSON: Map/,
    ],
  ])("is refused as no JSON: one %s", (_, content, says) => {
    expect(refusal(content).join("\n")).toMatch(says);
  });

  it.each([
    ["that is empty", "", `release.json:1:1  Invalid input: expected object, received null; ${REMEDY}`],
    [
      "of another schema",
      { ...release(), schema: "headgate-release/3" },
      `release.json:2:13  schema: the schemas are headgate-release/1 and headgate-release/2; ${REMEDY}`,
    ],
    [
      "without environments",
      { schema: "headgate-release/1" },
      `release.json:1:1  environments: Invalid input: expected record, received undefined; ${REMEDY}`,
    ],
    [
      "with a generation that is none",
      release({ live: { generations: { backend: "latest" }, tool: "1.2.3", contract: {}, stamp: "" } }),
      `release.json:7:22  environments.production.live.generations.backend: a generation is eight hexadecimal digits; ${REMEDY}`,
    ],
    [
      "with a generation in capitals",
      release({ live: { generations: { backend: "0A1B2C3D" }, tool: "1.2.3", contract: {}, stamp: "" } }),
      `release.json:7:22  environments.production.live.generations.backend: a generation is eight hexadecimal digits; ${REMEDY}`,
    ],
    [
      "with a key that nobody wrote",
      release({ live: { stamp: "", tool: "1.2.3", generations: {}, contract: {}, by: "me" } }),
      `release.json:5:15  environments.production.live: Unrecognized key: "by"; ${REMEDY}`,
    ],
    [
      "without a stamp",
      release({ live: { tool: "1.2.3", generations: {}, contract: {} } }),
      `release.json:5:15  environments.production.live.stamp: Invalid input: expected string, received undefined; ${REMEDY}`,
    ],
  ])("is refused: one %s", (_, content, says) => {
    expect(refusal(content)).toEqual([says]);
  });
});

describe("a stamp", () => {
  const unfit = (path: string, line: number, column: number): string[] => [
    `release.json:${line}:${column}  environments.production.${path}.stamp: does not fit the contract and generations beside it; ${REMEDY}`,
  ];

  it.each([
    ["of nothing", { ...LIVE, stamp: "" }],
    ["of another contract", { ...LIVE, contract: entryOf(edit(EVERYTHING, "waf: enforce", "waf: off")).contract }],
    ["of other generations", { ...LIVE, generations: { ...LIVE.generations, backend: "00000000" } }],
    ["of another version of the tool", { ...LIVE, tool: "1.2.4" }],
  ])("is refused where it stands: one %s", (_, live) => {
    expect(refusal(release({ live }))).toEqual(unfit("live", 6, 18));
  });

  it("is refused in what is kept just as well", () => {
    const kept = [LIVE, { ...LIVE, stamp: "0" }];
    const [said] = refusal(release({ kept }));
    expect(said).toMatch(/^release\.json:\d+:20 {2}environments\.production\.kept\[1\]\.stamp: does not fit /);
  });
});

describe("a live proof", () => {
  const proof = { stamp: LIVE.stamp, at: "2026-01-31T23:59:59Z", run: "r1" };

  it.each([
    ["of another release", { stamp: "0".repeat(64) }, "stamp: is of another release than the one that it stands in"],
    ["of no time", { at: "yesterday" }, "at: is no time of the form 2026-01-31T23:59:59Z"],
    ["of no run", { run: "" }, "run: must be one line of text"],
  ])("is refused where it stands: one %s", (_, change, says) => {
    const [said] = refusal(release({ live: { ...LIVE, proof: { ...proof, ...change } } }));
    expect(said).toMatch(/^release\.json:\d+:\d+ {2}/);
    expect(said).toContain(`environments.production.live.proof.${says}; ${REMEDY}`);
  });
});

describe("loadCandidate", () => {
  it("gives what the stacks wrote", () => {
    expect(loadCandidate(fileOf(LIVE))).toEqual(LIVE);
  });

  it.each<[string, object, RegExp]>([
    ["a stamp that does not fit", { ...LIVE, tool: "0" }, /^release\.json:2:12 {2}stamp: does not fit the contract/],
    ["a proof, which nobody has yet", { ...LIVE, proof: {} }, /^release\.json:1:1 {2}Unrecognized key: "proof"/],
  ])("refuses one with %s", (_, content, says) => {
    expect(refusal(content, loadCandidate)[0]).toMatch(says);
  });
});

describe("the contract of an entry", () => {
  it("is refused in the line that is wrong, in what is kept too", () => {
    const contract = { ...LIVE.contract, name: "No Name" };
    const file = fileOf(release({ kept: [LIVE, { ...LIVE, contract }] }));
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((each) => each.includes("No Name")) + 1;
    const [said] = refusal(release({ kept: [LIVE, { ...LIVE, contract }] }));
    expect(said).toMatch(
      new RegExp(`^release\\.json:${line}:\\d+ {2}environments\\.production\\.kept\\[1\\]\\.contract\\.name: `),
    );
  });
});

describe("loadReleases", () => {
  const { environments } = contractOf(EVERYTHING);
  const notices = (file: string): readonly string[] =>
    loadReleases(file, { environments }).notices.map((each) => each.replaceAll(`${folder}/`, ""));

  it("gives what is live in each environment, and says nothing where all is well", () => {
    const { live, notices: said } = loadReleases(fileOf(release()), { environments });
    expect([...live]).toEqual([["production", { live: LIVE, kept: [] }]]);
    expect(said).toEqual([]);
  });

  it("says in one line that there is no file, and what is built then", () => {
    expect(notices(join(folder, "releases.json"))).toEqual([
      "releases.json: no such file, so nothing counts as live in production: the public edge is built from the contract as it stands, as before a first promotion",
    ]);
  });

  it("says so of a file that has no entry for an environment with a preview edge", () => {
    expect(notices(fileOf({ schema: "headgate-release/1", environments: {} }))).toEqual([
      "release.json: no entry for production, so nothing counts as live in production: the public edge is built from the contract as it stands, as before a first promotion",
    ]);
  });

  it("says nothing where no environment has a preview edge", () => {
    const direct = contractOf(REFERENCE);
    expect(loadReleases(join(folder, "missing.json"), direct)).toEqual({ live: new Map(), notices: [] });
  });

  it.each(["prodution", "constructor", "__proto__"])(
    "refuses an environment that the contract does not have: %s",
    (id) => {
      const text = `{ "schema": "headgate-release/1",\n  "environments": {\n    ${JSON.stringify(id)}: ${JSON.stringify({ live: LIVE })} } }`;
      const said = ((): string => {
        try {
          loadReleases(fileOf(text), { environments });
        } catch (error) {
          return (error as Error).message;
        }
        return "";
      })();
      expect(said.replaceAll(`${folder}/`, "").split("\n")).toEqual([
        `release.json:3:5  environments.${id}: no such environment in the contract`,
        `    value  "${id}"`,
        ...(id === "prodution" ? ["    try    production"] : []),
        "    valid  staging, production",
      ]);
    },
  );
});

describe("contractOfRelease", () => {
  it("gives the contract back with every place in the release itself", () => {
    const at = { file: RELEASE_FILE, line: 1, column: 1 };
    const { contract, environment } = contractOfRelease(LIVE, RELEASE_FILE);
    expect(contract).toMatchObject({ file: RELEASE_FILE, name: "everything", flows: {}, budgets: {}, waivers: [] });
    expect(contract.environments).toEqual({ production: environment });
    expect(environment).toMatchObject({ id: "production", services: {}, at });
    expect(contract.headers["authorization"]).toMatchObject({ at, arrivesAt: at });
    expect(contract.services["backend"]).toMatchObject({ at, maxInstances: 40 });
    expect(contract.routes[0]).toMatchObject({ at, pathsAt: [at, at] });
  });

  it("gives a contract from which the same canonical form is made", () => {
    for (const [text, id] of [
      [EVERYTHING, "production"],
      [EVERYTHING, "staging"],
      [REFERENCE, "staging"],
    ] as const) {
      const entry = entryOf(text, id);
      const { contract, environment } = contractOfRelease(entry, RELEASE_FILE);
      expect(canonicalContract(contract, environment)).toEqual(entry.contract);
    }
  });

  it("keeps the canonical form and the stamp through the file, whatever a contract's values are", () => {
    fc.assert(
      fc.property(anyEdit, (text) => {
        const entry = entryOf(text);
        const written = { schema: "headgate-release/1", environments: { production: { live: entry } } };
        const { live } = loadRelease(fileOf(written), "production")!;
        const { contract, environment } = contractOfRelease(live, RELEASE_FILE);
        const again = canonicalContract(contract, environment);
        expect(again).toEqual(entry.contract);
        expect(stampOf({ ...live, contract: again })).toBe(entry.stamp);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Values of variables: any text at all that holds no variable of its own, and the two that are filled in. */
const value = fc
  .array(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("${domain}", "${environment}", "\n", "$&", "${", "null")),
  )
  .map((pieces) => pieces.join(""))
  .filter((text) => !/\$\{(?!domain\}|environment\})[^}]*\}/.test(text));

/** The contract that uses everything, with other values of every kind. */
const anyEdit = fc
  .record({
    level: value,
    origin: value,
    sent: fc
      .string({ unit: "grapheme-ascii", minLength: 1 })
      .filter((text) => text === text.trim() && !text.includes("${")),
    instances: fc.integer({ min: 4, max: 1000 }),
    logging: fc.double({ min: 0, max: 1, noNaN: true }),
    requests: fc.integer({ min: 400, max: 1_000_000 }),
    affinity: fc.boolean(),
  })
  .map(({ level, origin, sent, instances, logging, requests, affinity }) =>
    [
      ["LOG_LEVEL: warning", `LOG_LEVEL: ${JSON.stringify(level)}`],
      ["https://app.${domain}", JSON.stringify(origin)],
      ["X-Forwarded-For, arrives", `X-Forwarded-For, send: ${JSON.stringify(sent)}, arrives`],
      ["max-instances: 40", `max-instances: ${instances}`],
      ["request-logging: 0.25", `request-logging: ${logging}`],
      ["requests: 400", `requests: ${requests}`],
      ["session-affinity: true", `session-affinity: ${affinity}`],
    ].reduce((text, [from, to]) => edit(text, from!, to!), EVERYTHING),
  );
