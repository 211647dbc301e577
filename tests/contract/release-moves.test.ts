import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalContract } from "../../contract/canonical.ts";
import {
  longestLifetimeMs,
  moveEnded,
  promoted,
  renderReleases,
  rolledBack,
  withoutEnded,
} from "../../contract/release-moves.ts";
import { parseRelease } from "../../contract/release.ts";
import type { KeptEntry, Release, ReleaseEntry } from "../../contract/release.ts";
import { EVERYTHING, REFERENCE, RUNS, contractOf, edit, environmentOf } from "../support/builders.ts";

const NOW = new Date("2026-03-01T12:00:00.400Z");
/** When a socket of an hour's life has ended, that was open at that time. */
const IN_AN_HOUR = "2026-03-01T13:00:01Z";
const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

/** @param digit of which the whole stamp is made. */
function entry(digit: string, text = REFERENCE, environment = "staging"): ReleaseEntry {
  const parsed = contractOf(text);
  const contract = canonicalContract(parsed, environmentOf(parsed, environment));
  const stamp = digit.repeat(64);
  return {
    stamp,
    contract,
    generations: {},
    tool: "1.2.3",
    proof: { stamp, at: "2026-02-01T00:00:00Z", run: `run-${digit}` },
  };
}
const [A, B, C] = ["a", "b", "c"].map((stamp) => entry(stamp)) as [ReleaseEntry, ReleaseEntry, ReleaseEntry];
const shown = ({ live, kept }: Release): string =>
  [live, ...kept]
    .map(({ stamp, withdrawn }: KeptEntry) => `${stamp[0]}${withdrawn === true ? " withdrawn" : ""}`)
    .join(", ");

describe("longestLifetimeMs", () => {
  const of = (...edits: [string, string][]): number =>
    longestLifetimeMs(
      entry(
        "x",
        edits.reduce((text, [from, to]) => edit(text, from, to), EVERYTHING),
        "production",
      ),
    );

  it("is the longest that a route declares", () => {
    expect(of()).toBe(3_600_000);
    expect(of(["lifetime: 3600s", "lifetime: 20m"])).toBe(1_200_000);
  });

  it("is the service's timeout for a websocket route that declares none", () => {
    expect(of(["    lifetime: 3600s\n", ""], ["timeout: 3600s", "timeout: 2400s"])).toBe(2_400_000);
  });

  it("is an hour where no route says anything", () => {
    const { contract, ...rest } = entry("x");
    expect(longestLifetimeMs({ ...rest, contract: { ...contract, routes: [] } })).toBe(3_600_000);
  });
});

describe("promoted", () => {
  it("makes the first candidate live, and keeps nothing", () => {
    expect(promoted(undefined, A, NOW)).toEqual({ live: A, kept: [] });
  });

  it("keeps what was live, with its proof, until its last socket has ended", () => {
    const release = promoted({ live: A, kept: [] }, B, NOW);
    expect(release).toEqual({ live: B, kept: [{ ...A, until: IN_AN_HOUR }] });
  });

  it("puts what left last first, and takes a candidate out of what is kept", () => {
    const both = promoted(promoted({ live: A, kept: [] }, B, NOW), C, later(1));
    expect(shown(both)).toBe("c, b, a");
    expect(shown(promoted(both, A, later(2)))).toBe("a, c, b");
  });

  it("moves nothing for what is live already, but for a newer proof", () => {
    const release = promoted({ live: A, kept: [] }, B, NOW);
    const again = { ...B, proof: { ...B.proof!, run: "newer" } };
    expect(promoted(release, again, later(5))).toEqual({ ...release, live: again });
    const { proof: _, ...bare } = B;
    expect(promoted(release, bare, later(5))).toEqual(release);
  });
});

describe("rolledBack", () => {
  it("says that there is nothing to go back to", () => {
    expect(rolledBack({ live: A, kept: [] }, NOW)).toBeUndefined();
  });

  it("makes what left last live again, with its proof, and keeps what was live for its sockets", () => {
    const release = rolledBack(promoted({ live: A, kept: [] }, B, NOW), later(5))!;
    expect(release).toEqual({ live: A, kept: [{ ...B, until: "2026-03-01T13:05:01Z", withdrawn: true }] });
  });

  it("goes further back the second time, and never forward", () => {
    const third = promoted(promoted({ live: A, kept: [] }, B, NOW), C, later(1));
    const once = rolledBack(third, later(2))!;
    expect(shown(once)).toBe("b, c withdrawn, a");
    const twice = rolledBack(once, later(3))!;
    expect(shown(twice)).toBe("a, b withdrawn, c withdrawn");
    expect(rolledBack(twice, later(4))).toBeUndefined();
  });

  it("leaves what was taken back to a promotion", () => {
    const once = rolledBack(promoted({ live: A, kept: [] }, B, NOW), later(2))!;
    expect(shown(promoted(once, B, later(3)))).toBe("b, a");
  });
});

describe("moveEnded", () => {
  it("keeps what was left until the last socket that came in meanwhile has ended", () => {
    const { kept } = moveEnded(promoted({ live: A, kept: [] }, B, later(-30)), NOW);
    expect(kept).toEqual([{ ...A, until: IN_AN_HOUR }]);
  });

  it("moves nothing where nothing was left, and leaves what left before", () => {
    expect(moveEnded({ live: A, kept: [] }, NOW)).toEqual({ live: A, kept: [] });
    const second = promoted(promoted({ live: A, kept: [] }, B, later(-50)), C, later(-10));
    expect(moveEnded(second, NOW).kept[1]).toEqual(second.kept[1]);
  });
});

describe("withoutEnded", () => {
  it("lets go of what ended, to the second", () => {
    const release = promoted({ live: A, kept: [] }, B, NOW);
    expect(withoutEnded(release, new Date("2026-03-01T13:00:00.999Z"))).toEqual(release);
    expect(withoutEnded(release, new Date(IN_AN_HOUR))).toEqual({ live: B, kept: [] });
  });

  it("gives an entry of an older file, that knows no end, one from now on", () => {
    expect(withoutEnded({ live: B, kept: [A] }, NOW).kept).toEqual([{ ...A, until: IN_AN_HOUR }]);
  });
});

type Move = { readonly kind: "promote"; readonly stamp: string } | { readonly kind: "roll-back" | "clean" };
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant("promote" as const), stamp: fc.constantFrom("a", "b", "c", "d") }),
  fc.record({ kind: fc.constantFrom("roll-back" as const, "clean" as const) }),
);

it("never holds an entry twice, never lets go of one whose sockets may be open, whatever is done in whatever order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(move, fc.integer({ min: 0, max: 90 })), { maxLength: 12 }), (moves) => {
      let release: Release = { live: A, kept: [] };
      let minutes = 0;
      const leftAt = new Map<string, number>();
      for (const [step, wait] of moves) {
        minutes += wait;
        const before = release.live.stamp;
        release = after(release, step, later(minutes));
        if (release.live.stamp !== before) leftAt.set(before, minutes);
        const stamps = [release.live, ...release.kept].map(({ stamp }) => stamp);
        expect(new Set(stamps).size).toBe(stamps.length);
        for (const [stamp, left] of leftAt) if (minutes - left < 60) expect(stamps).toContain(stamp);
        for (const { until } of release.kept) expect(until).toMatch(/Z$/);
      }
    }),
    { numRuns: RUNS },
  );
});

function after(release: Release, step: Move, now: Date): Release {
  if (step.kind === "promote") return promoted(release, entry(step.stamp), now);
  return step.kind === "clean" ? withoutEnded(release, now) : (rolledBack(release, now) ?? release);
}

describe("renderReleases", () => {
  const parsed = (text: string): unknown => JSON.parse(text);

  it("writes a file where there is none, keys sorted, with an end of line", () => {
    const text = renderReleases(undefined, "production", { live: A, kept: [] });
    expect(parsed(text)).toEqual({ schema: "headgate-release/2", environments: { production: { live: A, kept: [] } } });
    expect(text.indexOf('"environments"')).toBeLessThan(text.indexOf('"schema"'));
    expect(text.endsWith("}\n")).toBe(true);
    expect(renderReleases(text, "production", { live: A, kept: [] })).toBe(text);
  });

  it("leaves other environments as they are, of a file of the schema before too", () => {
    const other = { live: { ...B, contract: { any: [1.5, "x"] } }, kept: [] };
    const { proof: _, ...old } = other.live;
    const text = JSON.stringify({ schema: "headgate-release/1", environments: { other: { live: old, kept: [] } } });
    expect(parsed(renderReleases(text, "production", { live: A, kept: [C] }))).toEqual({
      schema: "headgate-release/2",
      environments: { other: { live: old, kept: [] }, production: { live: A, kept: [C] } },
    });
  });

  it("keeps ends and marks through the file", () => {
    const kept: KeptEntry = { ...B, proof: undefined, until: IN_AN_HOUR, withdrawn: true };
    const { proof: _, ...live } = A;
    const text = renderReleases(undefined, "production", { live, kept: [kept] });
    expect(parseRelease(text, "release.json").environments["production"]!.kept).toEqual([kept]);
  });

  it.each(["{", '{ "schema": "headgate-release/3", "environments": {} }'])("refuses to write over %s", (text) => {
    expect(() => renderReleases(text, "production", { live: A, kept: [] })).toThrow(/^release\.json:1:/);
  });
});
