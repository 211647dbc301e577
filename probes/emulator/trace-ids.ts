/** Ids of 32 hexadecimal digits from a seeded generator (mulberry32). */
export function traceIds(seed: number): () => string {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return () => Array.from({ length: 4 }, () => word().toString(16).padStart(8, "0")).join("");
}

/** A number from 0 up to 1, from the first 13 digits of an id: what chance decides for its request. */
export function drawOf(traceId: string): number {
  return Number.parseInt(traceId.slice(0, 13), 16) / 2 ** 52;
}
