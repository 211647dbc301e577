import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ResourceType } from "./resources.ts";
import { idForm } from "./resources.ts";
import type { Body } from "./value.ts";

export interface Stored {
  readonly type: ResourceType;
  readonly id: string;
  readonly body: Body;
}

/** Everything that exists, whatever Terraform's state remembers of it. */
export interface Cloud {
  /** By type and id. */
  readonly resources: Record<string, Stored>;
  /** Cloud Run revisions by service id and name, each with its template as JSON. They outlive the template. */
  readonly revisions: Record<string, Record<string, string>>;
  /** How many addresses were ever handed out. */
  addresses: number;
}

export interface LogEntry {
  readonly operation: "create" | "update" | "delete";
  readonly type: string;
  readonly name: string;
  /** `lost`: it took effect, and the answer says that it failed. */
  readonly outcome: "done" | "refused" | "lost";
  /** How long it took, in milliseconds, where it was to take its time. */
  readonly delayMs?: number;
  readonly message?: string;
}

/** A refusal the way the API words it. */
export class Refusal extends Error {
  /** Ids of the rows of the refusal table that were met; none for what every resource has to obey. */
  readonly rows: readonly string[];

  constructor(message: string, rows: readonly string[] = []) {
    super(message);
    this.rows = rows;
  }
}

export const emptyCloud = (): Cloud => ({ resources: {}, revisions: {}, addresses: 0 });

export function readCloud(file: string): Cloud {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Cloud) : emptyCloud();
}

/** Replaces the file in one step: a provider killed half way leaves the old cloud or the new one. */
export function writeCloud(file: string, cloud: Cloud): void {
  const next = `${file}.${process.pid}.next`;
  writeFileSync(next, JSON.stringify(cloud, null, 2));
  renameSync(next, file);
}

/** The access log stands beside the cloud. */
export const logFile = (cloudFile: string): string => `${cloudFile}.log`;

export function appendLog(cloudFile: string, entry: LogEntry): void {
  appendFileSync(logFile(cloudFile), `${JSON.stringify(entry)}\n`);
}

export function readLog(cloudFile: string): readonly LogEntry[] {
  if (!existsSync(logFile(cloudFile))) return [];
  const lines = readFileSync(logFile(cloudFile), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LogEntry);
}

const keyOf = (type: string, id: string): string => `${type} ${id}`;

export const find = (cloud: Cloud, type: ResourceType, id: string): Stored | undefined =>
  cloud.resources[keyOf(type, id)];

export const put = (cloud: Cloud, stored: Stored): void => {
  cloud.resources[keyOf(stored.type, stored.id)] = stored;
};

export const remove = (cloud: Cloud, type: ResourceType, id: string): void => {
  delete cloud.resources[keyOf(type, id)];
};

export const all = (cloud: Cloud, type: ResourceType): readonly Stored[] =>
  Object.values(cloud.resources).filter((each) => each.type === type);

/** The resource that a reference names: by id, by link, by bare name, or an address by its number. */
export function referred(cloud: Cloud, type: ResourceType, reference: string): Stored | undefined {
  const id = idForm(reference);
  return all(cloud, type).find(
    (each) => each.id === id || each.id.split("/").at(-1) === id || each.body["address"] === id,
  );
}
