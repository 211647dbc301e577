import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { traceAll } from "../support/trace-cli.ts";
import type { TraceAnswer } from "../support/trace-cli.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import type { Configuration, CorpusRequest } from "./configurations.ts";
import { differences } from "./differences.ts";

/** One process for each configuration, however many requests it answers. */
const runs = new Map<string, Promise<ReadonlyMap<string, TraceAnswer>>>();

function answersOf(configuration: Configuration): Promise<ReadonlyMap<string, TraceAnswer>> {
  const { id, folder, source, args, requests } = configuration;
  const lines = requests.map(({ expect: _, basis: __, ...line }) => line);
  const started =
    runs.get(id) ?? traceAll({ folder, ...(source && { source }), ...(args && { args }), requests: lines });
  runs.set(id, started);
  return started;
}

describe.each(CONFIGURATIONS.map((each) => [each.id, each] as const))("%s", (_, configuration) => {
  it.each(configuration.requests.map((each) => [each.id, each.url, each] as const))(
    "%s: %s",
    async (id, __, request) => {
      const answer = (await answersOf(configuration)).get(id)!;
      expect(differences(request.expect, answer), `by ${request.basis.join(", ")}`).toEqual([]);
    },
  );
});

describe("the corpus", () => {
  it("has at least six requests a configuration, and no id twice", () => {
    for (const { id, requests } of CONFIGURATIONS) {
      const ids = requests.map((each) => each.id);
      expect(new Set(ids).size, id).toBe(ids.length);
    }
    const all = CONFIGURATIONS.reduce((sum, { requests }) => sum + requests.length, 0);
    expect(all).toBeGreaterThanOrEqual(6 * CONFIGURATIONS.length);
    expect(CONFIGURATIONS.length).toBeGreaterThanOrEqual(44);
  });

  it("states something of every request", () => {
    for (const { id, requests } of CONFIGURATIONS)
      for (const request of requests) expect(Object.keys(request.expect), `${id} ${request.id}`).not.toEqual([]);
  });

  it("names lines that are there", () => {
    for (const { folder, requests } of CONFIGURATIONS)
      for (const place of requests.flatMap(placesOf)) {
        const [, file, first, last = first] = /^(.*):(\d+)(?:-(\d+))?$/.exec(place)!;
        const lines = readFileSync(join(folder, file!), "utf8").split("\n");
        expect(lines[Number(first) - 1]?.trim(), `${folder}/${place}`).toBeTruthy();
        expect(lines[Number(last) - 1]?.trim(), `${folder}/${place}`).toBeTruthy();
      }
  });
});

function placesOf({ expect: { headers = {} } }: CorpusRequest): readonly string[] {
  return Object.values(headers).flatMap(({ at = [] }) => at);
}
