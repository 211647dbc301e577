import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { Cell, Result } from "../../probes/facts/result.ts";
import { OBSERVED_RULES } from "../../probes/rules/observed/index.ts";
import { headgate } from "../support/cli.ts";
import { liveEdge } from "../support/live-edge.ts";
import { plantedSynth, referenceSynth, temporaryFolder } from "../support/reference.ts";
import { tamperingEdge } from "../support/tampering-edge.ts";
import type { Tampering } from "../support/tampering-edge.ts";
import type { BrokenEdge } from "./broken-edge.ts";

const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "broken-edge.ts",
);
const edges = await Promise.all(
  files.map(async (file) => ({
    file,
    edge: ((await import(join(import.meta.dirname, file))) as { brokenEdge: BrokenEdge }).brokenEdge,
  })),
);
const WS = ["api.staging.example.com /ws /ws/* http", "api.staging.example.com /ws /ws/* websocket"];
const EVERYWHERE = [
  ...WS,
  "api.staging.example.com /* http",
  "api.staging.example.com /api/* http",
  "app.staging.example.com /* http",
  "auth.staging.example.com /* http",
];
const CONNECTION = /^(te|keep-alive|trailer|proxy-authorization)$/i;
/** Faults that no configuration can express, at a running edge. */
const live: readonly LiveFault[] = [
  {
    title: "a proxy copies every header of the client's connection",
    rule: "hop-by-hop-not-forwarded",
    fault: { tamper: (arriving, sent) => [...arriving, ...sent.filter(([name]) => CONNECTION.test(name))] },
    places: EVERYWHERE,
  },
  {
    title: "a proxy keeps what it removes under a second name, which the service trusts as much",
    rule: "identity-not-forgeable",
    fault: { tamper: withCopyOf("x-user-id", "x-original-user-id") },
    places: EVERYWHERE,
  },
  {
    title: "a proxy removes the header by its exact letters, and a client writes it in others",
    rule: "identity-not-forgeable",
    fault: {
      tamper: (arriving, sent) => [
        ...arriving,
        ...sent.filter(([name]) => name.toLowerCase() === "x-user-id" && name !== "X-User-Id"),
      ],
    },
    places: EVERYWHERE,
  },
  {
    title: "a server takes heads that are hardly larger than today's token makes them",
    rule: "header-size-headroom",
    fault: { maxHead: 1500 },
    places: ["api.staging.example.com /ws /ws/* websocket"],
  },
  {
    title: "the service reads the first entry of the subprotocol list alone: a long list is cut by a proxy",
    rule: "subprotocol-list-whole",
    fault: { tamper: withShortList },
    places: ["api.staging.example.com /ws /ws/* websocket"],
  },
  {
    title: "the service selects none of the offered subprotocols",
    rule: "subprotocol-answered",
    fault: { subprotocols: [] },
    places: ["api.staging.example.com /ws /ws/* websocket"],
  },
];

interface LiveFault {
  readonly title: string;
  readonly rule: string;
  readonly fault: Tampering;
  readonly places: readonly string[];
}

function withCopyOf(name: string, second: string): Tampering["tamper"] {
  return (arriving, sent) => [
    ...arriving,
    ...sent.filter(([own]) => own.toLowerCase() === name).map(([, value]): HeaderLine => [second, value]),
  ];
}

/** No more than two entries pass. */
function withShortList(arriving: HeaderList): HeaderLine[] {
  return arriving.map(([name, value]) => [
    name,
    name === "sec-websocket-protocol" ? value.split(",").slice(0, 2).join(",") : value,
  ]);
}

const LEAKED_BY_THE_SERVICE = "token-never-echoed";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

function distinct(cells: readonly Cell[], of: (cell: Cell) => string | null): (string | null)[] {
  return [...new Set(cells.map(of))].sort();
}

function place({ host, route, protocol }: Cell): string {
  return [host, ...route.split(" ").slice(1), protocol].join(" ");
}

describe.each(edges)("$file", ({ edge }) => {
  it(`is caught by ${edge.rule} alone, at the right header, route, protocol and line: ${edge.title}`, async () => {
    const directory = plantedSynth(folder.path, edge.plant);
    const contract = join(folder.path, "headgate.yaml");
    const yaml = readFileSync("headgate.yaml", "utf8");
    const edited = edge.contract?.(yaml) ?? yaml;
    expect(edge.contract === undefined || edited !== yaml).toBe(true);
    writeFileSync(contract, edited);

    const { code, stdout, stderr } = await headgate([
      "gate",
      "--synth",
      directory,
      "--contract",
      contract,
      "--format",
      "json",
    ]);
    expect(stderr).toBe("");
    const { cells, verdict } = JSON.parse(stdout) as Result;
    const failed = cells.filter(({ state }) => state === "fail");

    expect({ code, verdict }).toEqual({ code: 1, verdict: "contract-broken" });
    expect(distinct(failed, ({ rule }) => rule)).toEqual([edge.rule]);
    expect(distinct(failed, ({ header }) => header)).toEqual([...edge.headers].sort());
    expect(distinct(failed, place)).toEqual([...edge.places].sort());
    expect(cells.filter((cell) => cell.state === "inconclusive" && cell.consequenceOf === undefined)).toEqual([]);
    for (const { by } of failed) {
      const [act] = by;
      expect(act?.attribute).toBe(edge.culprit.attribute);
      expect(readFileSync(act!.file, "utf8").split("\n")[act!.line - 1]).toContain(edge.culprit.line);
      // The construct is made on the named line or, where the line is broken, on the next.
      const { file, line } = act!.construct!;
      expect(
        readFileSync(file, "utf8")
          .split("\n")
          .slice(line - 1, line + 1)
          .join(" "),
      ).toMatch(/\bnew \w+\(/);
    }
    expect(await proved(directory, contract)).toEqual({ code: 1, cells: cells.map(judgement) });
  });
});

it("the model alone proves what probes find: the same cells without any traffic, where nothing is broken too", async () => {
  const { stdout } = await headgate(["gate", "--synth", referenceSynth(), "--format", "json"]);
  const { cells } = JSON.parse(stdout) as Result;
  expect(await proved(referenceSynth(), "headgate.yaml")).toEqual({ code: 0, cells: cells.map(judgement) });
});

/** What `check` says of a configuration, cell by cell. */
async function proved(directory: string, contract: string): Promise<object> {
  const { code, stdout } = await headgate(["check", directory, "--contract", contract, "--format", "json"]);
  return { code, cells: (JSON.parse(stdout) as Result).cells.map(judgement) };
}

/** What was decided, of what, and by which line. */
function judgement({ id, state, observation, by }: Cell): object {
  return { id, state, observation, by: by.map(({ attribute, line }) => [attribute, line]) };
}

describe.each(live)("a running edge: $title", ({ rule, fault, places }) => {
  it(`is caught by ${rule} alone`, async () => {
    const edge = await tamperingEdge(referenceSynth(), folder.path, fault);
    try {
      const { code, stdout, stderr } = await headgate([...edge.args, "--format", "json"], { env: edge.env });
      expect(stderr).toBe("");
      const { cells, reasons } = JSON.parse(stdout) as Result;
      const failed = cells.filter(({ state }) => state === "fail");
      expect({ code, rules: distinct(failed, (cell) => cell.rule) }, reasons.join("\n")).toEqual({
        code: 1,
        rules: [rule],
      });
      expect(distinct(failed, place)).toEqual([...places].sort());
    } finally {
      await edge.close();
    }
  });
});

it("lets a running edge without a fault pass", async () => {
  const edge = await tamperingEdge(referenceSynth(), folder.path, {});
  try {
    expect((await headgate(edge.args, { env: edge.env })).code).toBe(0);
  } finally {
    await edge.close();
  }
});

describe("a service that repeats a credential in a response header", () => {
  it(`is caught by ${LEAKED_BY_THE_SERVICE} alone`, async () => {
    const edge = await liveEdge(referenceSynth(), folder.path, { leak: "cookie" });
    try {
      const { code, stdout } = await headgate([...edge.args, "--format", "json"], { env: edge.env });
      const failed = (JSON.parse(stdout) as Result).cells.filter(({ state }) => state === "fail");
      expect(code).toBe(1);
      expect(distinct(failed, ({ rule }) => rule)).toEqual([LEAKED_BY_THE_SERVICE]);
      expect(distinct(failed, ({ protocol }) => protocol)).toEqual(["http", "websocket"]);
    } finally {
      await edge.close();
    }
  });
});

it("leaves no rule without a fault that only it catches", () => {
  const caught = new Set([
    ...[...edges.map(({ edge }) => edge), ...live].map(({ rule }) => rule),
    LEAKED_BY_THE_SERVICE,
  ]);
  expect([...caught].sort()).toEqual(OBSERVED_RULES.map(({ id }) => id).sort());
});
