import FACTS from "./facts.json" with { type: "json" };

const PAGES: ReadonlyMap<string, string> = new Map(FACTS.map(({ id, source }) => [id, source]));

/** Address of the public page that a fact was taken from; undefined for a fact without one. */
export function pageOf(fact: string): string | undefined {
  const page = PAGES.get(fact) ?? "";
  return /^https?:\/\/\S+$/.test(page) ? page : undefined;
}
