import { listMembers, trimBlanks } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";

/**
 * Names whose lines on the wire are not those that were meant: other values, another number of lines, another order.
 * Blanks around a value are no part of it, and a subprotocol list may be spaced anew: the client library writes it.
 */
export function unsentNames(meant: HeaderList, sent: HeaderList): string[] {
  const onWire = byName(sent);
  return [...byName(meant)]
    .filter(([name, { values }]) => !isOnWire(name, values.map(received), onWire.get(name)?.values ?? []))
    .map(([, { written }]) => written);
}

interface Named {
  /** The name as it stands on its first line. */
  readonly written: string;
  readonly values: string[];
}

function byName(lines: HeaderList): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const [written, value] of lines) {
    const name = written.toLowerCase();
    const known = named.get(name);
    if (known === undefined) named.set(name, { written, values: [value] });
    else known.values.push(value);
  }
  return named;
}

function isOnWire(name: string, meant: readonly string[], sent: readonly string[]): boolean {
  if (meant.length !== sent.length) return false;
  if (name === "sec-websocket-protocol") return listMembers(meant).join() === listMembers(sent).join();
  return meant.every((value, index) => value === sent[index]);
}

/** The value as every recipient reads it: folds are blanks, and outer blanks are none of it (RFC 9112 §5). */
function received(value: string): string {
  return trimBlanks(value.replace(/[ \t]*\r\n[ \t]+/g, " "));
}
