import { listMembers, sameName, trimBlanks, valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";

/**
 * Names whose lines on the wire are not those that were meant: other values, another number of lines, another order.
 * Blanks around a value are no part of it, and a subprotocol list may be spaced anew: the client library writes it.
 */
export function unsentNames(meant: HeaderList, sent: HeaderList): string[] {
  const names = meant.map(([name]) => name);
  const distinct = names.filter((name, index) => names.findIndex((other) => sameName(other, name)) === index);
  return distinct.filter((name) => !isOnWire(name, valuesOf(meant, name).map(received), valuesOf(sent, name)));
}

function isOnWire(name: string, meant: readonly string[], sent: readonly string[]): boolean {
  if (meant.length !== sent.length) return false;
  if (sameName(name, "sec-websocket-protocol")) return listMembers(meant).join() === listMembers(sent).join();
  return meant.every((value, index) => value === sent[index]);
}

/** The value as every recipient reads it: folds are blanks, and outer blanks are none of it (RFC 9112 §5). */
function received(value: string): string {
  return trimBlanks(value.replace(/[ \t]*\r\n[ \t]+/g, " "));
}
