/** Times pieces of work by phase; a phase that is measured twice adds up. */
export interface Stopwatch {
  readonly measure: <T>(phase: string, work: () => T) => T;
  readonly phases: () => { phase: string; ms: number }[];
}

export function stopwatch(): Stopwatch {
  const totals = new Map<string, number>();
  const add = (phase: string, from: number): void =>
    void totals.set(phase, (totals.get(phase) ?? 0) + performance.now() - from);
  return {
    measure: (phase, work) => {
      const from = performance.now();
      const made = work();
      if (made instanceof Promise) return made.finally(() => add(phase, from)) as typeof made;
      add(phase, from);
      return made;
    },
    phases: () => [...totals].map(([phase, ms]) => ({ phase, ms: Math.round(ms * 10) / 10 })),
  };
}
