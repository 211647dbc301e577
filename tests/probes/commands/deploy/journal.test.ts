import { describe, expect, it } from "vitest";
import { Journal } from "../../../../probes/commands/deploy/journal.ts";
import { recordedContext } from "../../../support/command-context.ts";

function heard(isTerminal: boolean): { journal: Journal; stderr: () => string } {
  const { context, stderr } = recordedContext(".", "2030-01-15");
  return { journal: new Journal({ ...context, isTerminal: { stdout: false, stderr: isTerminal } }), stderr };
}

describe("the journal of a deploy", () => {
  it("says what begins with the time that has passed, and remembers how it ended", async () => {
    const { journal, stderr } = heard(false);
    await journal.phase("plan", () => Promise.resolve(1));
    await expect(journal.phase("apply", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(stderr()).toBe("headgate: 0:00  plan\nheadgate: 0:00  apply\n");
    expect(journal.phases.map(({ name, state }) => [name, state])).toEqual([
      ["plan", "done"],
      ["apply", "failed"],
    ]);
  });

  it("tells of a wait now and then where nobody sees a line change", async () => {
    const { journal, stderr } = heard(false);
    const wait = (): Promise<void> => {
      for (const count of [1, 2, 3]) journal.waiting(`${count} of 8 in a row`);
      return Promise.resolve();
    };
    await journal.phase("look", wait);
    await journal.phase("look again", wait);
    expect(stderr()).toBe(
      "headgate: 0:00  look\nheadgate: 0:00  1 of 8 in a row\nheadgate: 0:00  look again\nheadgate: 0:00  1 of 8 in a row\n",
    );
  });

  it("rewrites one line at a terminal, and clears it when the wait is over", async () => {
    const { journal, stderr } = heard(true);
    await journal.phase("look", () => {
      journal.waiting("1 of 8");
      journal.waiting("2 of 8");
      return Promise.resolve();
    });
    expect(stderr()).toBe(
      "headgate: 0:00  look\n\r\u001b[Kheadgate: 0:00  1 of 8\r\u001b[Kheadgate: 0:00  2 of 8\r\u001b[K",
    );
  });
});
