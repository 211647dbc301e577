import { listMembers } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { Fingerprint } from "../facts/result.ts";

/** Headers whose whole purpose is a credential, or that browsers put one into. */
const CREDENTIALS =
  /^(?:(?:proxy-|x-serverless-)?authorization|cookie|set-cookie|sec-websocket-protocol)$|token|secret|api-?key|auth|session|jwt|passw|credential|signature|assertion|bypass/i;

/** A JSON Web Token, wherever it stands (RFC 7519): its header begins with `{"`. */
const JWT = /eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g;

/** Shortest text that is looked for inside of others: a shorter one would be found everywhere. */
const SHORTEST = 6;

/** Length from which a text with several credentials is hidden as a whole: to look for each would take long. */
const LARGE = 64 * 1024;

/** Says values without credentials. */
export interface Discretion {
  /** Value of a header: in clear, or its fingerprint. */
  readonly value: (name: string, text: string) => string | Fingerprint;
  /** Any text, with each credential in it replaced by its fingerprint. */
  readonly text: (text: string) => string;
}

/** What the client typed, to be found wherever it comes out again. */
export interface Typed {
  readonly headers: HeaderList;
  /** Path and query. */
  readonly target: string;
}

/** Shows everything. */
export const INDISCREET: Discretion = { value: (_, text) => text, text: (text) => text };

/** Hides what is, or looks like, a credential; the values of a query are taken for some. */
export function discretion({ headers, target }: Typed, fingerprint: (value: string) => Fingerprint): Discretion {
  const query = target.includes("?") ? target.slice(target.indexOf("?") + 1).replace(/#.*$/s, "") : "";
  const inQuery = query.split("&").map((pair) => pair.slice(pair.indexOf("=") + 1));
  const inHeaders = headers.flatMap(([name, value]) => (CREDENTIALS.test(name) ? partsOf(value) : []));
  const secrets = [...new Set([...inHeaders.filter(({ length }) => length >= SHORTEST), ...inQuery])]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  const show = (secret: string): string => written(fingerprint(secret));
  const text = (plain: string): string => {
    const found = secrets.filter((secret) => secret.length >= SHORTEST && plain.includes(secret));
    if (plain.length > LARGE && found.length > 1) return show(plain);
    // The longest come first, so that no part of one is left standing.
    const clean = found.reduce((left, secret) => left.replaceAll(secret, () => show(secret)), plain);
    return clean.replace(JWT, show);
  };
  return {
    value: (name, plain) => {
      if (CREDENTIALS.test(name) && plain !== "") return fingerprint(plain);
      const clean = text(plain);
      return clean === plain ? plain : fingerprint(plain);
    },
    text: (plain) => text(withoutQueryValues(plain, query, show)),
  };
}

/** A fingerprint as it stands in a text. */
export function written({ hash, bytes }: Fingerprint): string {
  return `#${hash} (${bytes} bytes)`;
}

/** A credential is known by the whole value and by what stands behind its scheme or between its commas. */
function partsOf(value: string): string[] {
  const members = listMembers([value.replaceAll(";", ",")]);
  return [value, ...members, ...members.flatMap((member) => member.split(/[ =]/))];
}

/** The whole query, where it stands, with each value in it replaced. */
function withoutQueryValues(text: string, query: string, show: (secret: string) => string): string {
  if (query === "" || !text.includes(`?${query}`)) return text;
  const hidden = query
    .split("&")
    .map((pair) => {
      const [name, value] = pair.includes("=")
        ? [pair.slice(0, pair.indexOf("=") + 1), pair.slice(pair.indexOf("=") + 1)]
        : ["", pair];
      return value === "" ? name : `${name}${show(value)}`;
    })
    .join("&");
  return text.replaceAll(`?${query}`, () => `?${hidden}`);
}
