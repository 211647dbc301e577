import { listMembers, sameName } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { StagedAct } from "../facts/provenance.ts";
import type { HeaderState, TracedHeader } from "../facts/trace.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";

/** Header lines on their way through the edge, with what was done to each name. Stages change it in place. */
export class HeaderFlow {
  lines: HeaderLine[];
  readonly sent: readonly HeaderLine[];
  /** Places that decided the way of the request, in order. */
  readonly steps: StagedAct[] = [];
  private readonly acts = new Map<string, StagedAct[]>();
  private readonly bystanders = new Map<string, StagedAct>();
  private readonly removed = new Set<string>();
  private readonly written = new Set<string>();
  /** What the configuration appended, by name. */
  private readonly own = new Map<string, string[]>();

  constructor(lines: readonly HeaderLine[]) {
    this.sent = lines;
    this.lines = [...lines];
  }

  /** Remembers a place that decided where the request goes on. */
  step(act: StagedAct): void {
    this.steps.push(act);
  }

  has(name: string): boolean {
    return this.lines.some(([own]) => sameName(own, name));
  }

  values(name: string): string[] {
    return this.lines.filter(([own]) => sameName(own, name)).map(([, value]) => value);
  }

  /** Takes every line of the name away. */
  remove(name: string, act: StagedAct): void {
    this.own.delete(name.toLowerCase());
    if (!this.has(name)) return;
    this.lines = this.lines.filter(([own]) => !sameName(own, name));
    this.note(name, act);
  }

  /** Discards what is there and writes one line, in the place of the first discarded one. */
  replace(name: string, value: string, act: StagedAct): void {
    this.own.delete(name.toLowerCase());
    const at = this.lines.findIndex(([own]) => sameName(own, name));
    const rest = this.lines.filter(([own]) => !sameName(own, name));
    rest.splice(at === -1 ? rest.length : at, 0, [name, value]);
    this.lines = rest;
    this.note(name, act);
  }

  /** Writes one more line, keeping what is there. */
  append(name: string, value: string, act: StagedAct): void {
    this.lines.push([name, value]);
    this.note(name, act);
  }

  /** Writes one more line by the configuration's word: what the proxy adds to the name stands before it (fact V9). */
  appendOwn(name: string, value: string, act: StagedAct): void {
    this.append(name, value, act);
    this.own.set(name.toLowerCase(), [...(this.own.get(name.toLowerCase()) ?? []), value]);
  }

  /** Does something to a name as if what the configuration appended were not there yet. */
  beforeAppended(name: string, work: () => void): void {
    const values = this.own.get(name) ?? [];
    const keep = this.values(name).length - values.length;
    let seen = 0;
    this.lines = this.lines.filter(([own]) => !sameName(own, name) || (seen += 1) <= keep);
    work();
    this.lines = [...this.lines, ...values.map((value): HeaderLine => [name, value])];
  }

  isAppended(name: string): boolean {
    return this.own.has(name.toLowerCase());
  }

  /** Remembers that the configuration wrote this name, for what must not write it again later (facts V5, V9). */
  markWritten(name: string): void {
    this.written.add(name.toLowerCase());
    // What is written after a removal has the last word; of `Via` the proxy adds a member of its own whoever wrote it.
    if (!sameName(name, "via")) this.removed.delete(name.toLowerCase());
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
  untouched(name: string, act: StagedAct): void {
    this.bystanders.set(name.toLowerCase(), act);
  }

  /** Remembers a place that matters for the name though it changed no line. */
  note(name: string, act: StagedAct): void {
    const key = name.toLowerCase();
    this.acts.set(key, [...(this.acts.get(key) ?? []), act]);
  }

  private actsOn(name: string): StagedAct[] {
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
      const values = this.values(name);
      const arrives = values.map((value) => (value.includes(PLACEHOLDER) ? null : value));
      // A value of which a part is unknown still shows whether the client's stands before it.
      return { name, state: stateOf(sent, values), sent, arrives, by: this.actsOn(name) };
    });
  }
}

function stateOf(sent: readonly string[], arrives: readonly string[]): HeaderState {
  if (sent.length === 0) return arrives.length === 0 ? "absent" : "added";
  if (arrives.length === 0) return "removed";
  if (arrives.length === sent.length && arrives.every((value, index) => value === sent[index])) return "same";
  const members = listMembers(arrives);
  const isPrefix = listMembers(sent).every((member, index) => members[index] === member);
  return isPrefix && members.length > listMembers(sent).length && listMembers(sent).length > 0
    ? "appended"
    : "replaced";
}
