import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { timeLimit } from "../../http/time-limit.ts";

describe("timeLimit", () => {
  it("ends with a TimeoutError when the time is over, whatever was collected in between", async () => {
    const { signal } = timeLimit(new AbortController().signal, 50);
    for (let garbage: object[] = [], index = 0; index < 200_000; index++) garbage = [...garbage.slice(-5), { index }];
    await new Promise((end) => signal.addEventListener("abort", end));
    expect((signal.reason as Error).name).toBe("TimeoutError");
  });

  it("ends with the signal it was made of, and gives its reason", () => {
    const parent = new AbortController();
    const { signal, release } = timeLimit(parent.signal, 60_000);
    parent.abort("interrupted");
    expect(signal).toMatchObject({ aborted: true, reason: "interrupted" });
    release();
  });

  it("has ended where the other one had", () => {
    const { signal, release } = timeLimit(AbortSignal.abort("before"), 60_000);
    expect(signal).toMatchObject({ aborted: true, reason: "before" });
    release();
  });

  it("ends no more once it was let go", async () => {
    const parent = new AbortController();
    const { signal, release } = timeLimit(parent.signal, 20);
    release();
    parent.abort();
    await wait(60);
    expect(signal.aborted).toBe(false);
  });
});
