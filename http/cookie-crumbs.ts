import { sameName } from "./header-list.ts";
import type { HeaderLine, HeaderList } from "./header-list.ts";

const COOKIE = "cookie";

/** The pieces in which HTTP/2 clients may send one cookie line, to compress them better (RFC 9113 §8.2.3). */
export function cookieCrumbs(value: string): string[] {
  return value.split("; ");
}

/** Cookie fields of one HTTP/2 message as the one line that they stand for, in the place of the first (RFC 9113 §8.2.3). */
export function joinCookieCrumbs(fields: HeaderList): HeaderLine[] {
  const crumbs = fields.filter(([name]) => sameName(name, COOKIE));
  const joined = crumbs.map(([, value]) => value).join("; ");
  return fields.flatMap((field): HeaderLine[] => {
    if (!sameName(field[0], COOKIE)) return [field];
    return field === crumbs[0] ? [[field[0], joined]] : [];
  });
}
