import { listMembers, sameName } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Act } from "../facts/provenance.ts";
import type { HeaderState, TracedHeader } from "../facts/trace.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";

/** Header lines on their way through the edge, with what was done to each name. Stages change it in place. */
export class HeaderFlow {
  lines: HeaderLine[];
  readonly sent: readonly HeaderLine[];
  private readonly acts = new Map<string, Act[]>();
  private readonly bystanders = new Map<string, Act>();
  private readonly removed = new Set<string>();
  private readonly written = new Set<string>();

  constructor(lines: readonly HeaderLine[]) {
    this.sent = lines;
    this.lines = [...lines];
  }

  has(name: string): boolean {
    return this.lines.some(([own]) => sameName(own, name));
  }

  values(name: string): string[] {
    return this.lines.filter(([own]) => sameName(own, name)).map(([, value]) => value);
  }

  /** Takes every line of the name away. */
  remove(name: string, act: Act): void {
    if (!this.has(name)) return;
    this.lines = this.lines.filter(([own]) => !sameName(own, name));
    this.note(name, act);
  }

  /** Discards what is there and writes one line, in the place of the first discarded one. */
  replace(name: string, value: string, act: Act): void {
    const at = this.lines.findIndex(([own]) => sameName(own, name));
    const rest = this.lines.filter(([own]) => !sameName(own, name));
    rest.splice(at === -1 ? rest.length : at, 0, [name, value]);
    this.lines = rest;
    this.note(name, act);
  }

  /** Writes one more line, keeping what is there. */
  append(name: string, value: string, act: Act): void {
    this.lines.push([name, value]);
    this.note(name, act);
  }

  /** Remembers that the configuration wrote this name, for what must not write it again later (facts V5, V9). */
  markWritten(name: string): void {
    this.written.add(name.toLowerCase());
  }

  /** Remembers that the configuration removes this name, whether or not a line was there to remove. */
  markRemoved(name: string): void {
    this.removed.add(name.toLowerCase());
  }

  isRemoved(name: string): boolean {
    return this.removed.has(name.toLowerCase());
  }

  isWritten(name: string): boolean {
    return this.written.has(name.toLowerCase());
  }

  /** Where a removal would stand, for a name that nothing acts on. */
  untouched(name: string, act: Act): void {
    this.bystanders.set(name.toLowerCase(), act);
  }

  /** Remembers a place that matters for the name though it changed no line. */
  note(name: string, act: Act): void {
    const key = name.toLowerCase();
    this.acts.set(key, [...(this.acts.get(key) ?? []), act]);
  }

  private actsOn(name: string): Act[] {
    const bystander = this.bystanders.get(name);
    return this.acts.get(name) ?? (bystander === undefined ? [] : [bystander]);
  }

  /** What happened to every name that was sent or has arrived. */
  traced(): TracedHeader[] {
    const names = [
      ...new Set([...this.sent, ...this.lines].map(([name]) => name.toLowerCase()).concat([...this.acts.keys()])),
    ];
    return names.map((name) => {
      const sent = this.sent.filter(([own]) => sameName(own, name)).map(([, value]) => value);
      const arrives = this.values(name).map((value) => (value.includes(PLACEHOLDER) ? null : value));
      return { name, state: stateOf(sent, arrives), sent, arrives, by: this.actsOn(name) };
    });
  }
}

function stateOf(sent: readonly string[], arrives: readonly (string | null)[]): HeaderState {
  if (sent.length === 0) return arrives.length === 0 ? "absent" : "added";
  if (arrives.length === 0) return "removed";
  if (arrives.length === sent.length && arrives.every((value, index) => value === sent[index])) return "same";
  const members = listMembers(arrives.map((value) => value ?? ""));
  const isPrefix = listMembers(sent).every((member, index) => members[index] === member);
  return isPrefix && members.length > listMembers(sent).length && listMembers(sent).length > 0
    ? "appended"
    : "replaced";
}
