import { createHash } from "node:crypto";
import { basename, dirname, relative } from "node:path";
import { RECEIPT_FILE } from "../../../contract/receipt.ts";
import type { Basis } from "../graph.ts";
import { encodeJson } from "./functions/json.ts";
import { unknownIn } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";

/** Notes what is read while a graph is made. */
export class BasisNotes {
  private readonly root: string;
  private readonly folders = new Set<string>(["."]);
  private readonly loaded = new Map<string, string>();
  private readonly asked = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
  }

  /** A folder of configuration, all of which is read. */
  folder(path: string): void {
    this.folders.add(this.named(path));
  }

  /** A file of configuration. */
  file(path: string, content: string | Buffer): void {
    this.loaded.set(this.named(path), sha256(content));
  }

  /** A file that a function asked for. */
  asFunction(path: string, content: Buffer): void {
    this.asked.set(this.named(path), sha256(content));
  }

  /** A function that hashes a file of configuration has not looked at it, and the receipt is about the rest. */
  finish(values: ReadonlyMap<string, Evaluated>): Basis {
    const asked = [...this.asked].filter(([file]) => !this.folders.has(dirname(file)) || !isConfiguration(file));
    return {
      folders: [...this.folders],
      files: Object.fromEntries([...asked, ...this.loaded].filter(([file]) => !isReceipt(file))),
      variables: Object.fromEntries(
        [...values]
          .filter(([, value]) => unknownIn(value) === undefined)
          .map(([name, value]) => [name, sha256(encodeJson(value))]),
      ),
    };
  }

  private named(path: string): string {
    return relative(this.root, path).replaceAll("\\", "/") || ".";
  }
}

/** Whether a file only tells what an earlier run of the gate said. */
export function isReceipt(file: string): boolean {
  return basename(file) === RECEIPT_FILE;
}

function isConfiguration(file: string): boolean {
  return /\.(?:tf|tfvars)(?:\.json)?$/.test(file);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
