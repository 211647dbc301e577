import { existsSync, opendirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";

/** Most entries of a folder that are looked at. */
const MAX_ENTRIES = 10_000;

/** What asks for a file: how it was written, such as `module "edge"`, and where. */
export interface Asked {
  readonly by: string;
  readonly at: { readonly file: string; readonly line?: number; readonly column?: number };
}

/** Told of every file and folder that is looked at: when one of them changes, so may what was read. */
export type OnLook = (path: string) => void;

/** The folder outside of which nothing is read, whatever a configuration or a symbolic link says. */
export class Boundary {
  /** Its real path. */
  readonly root: string;
  /** Told of every file and folder that is asked for, whether it is there or not. */
  readonly onLook: OnLook;

  private constructor(root: string, onLook: OnLook) {
    this.root = root;
    this.onLook = onLook;
  }

  /**
   * @param source file or folder that is read.
   * @param root the folder that the user named, else the git root of the source, else the source's own folder.
   * @throws ConfigurationError when one of them does not exist, or the source is outside of the root.
   */
  static around(source: string, root?: string, onLook: OnLook = () => undefined): Boundary {
    const real = realPath(source, { file: source });
    const folder = statSync(real).isDirectory() ? real : dirname(real);
    if (root === undefined) return new Boundary(gitRootOf(folder) ?? folder, onLook);
    const boundary = new Boundary(realPath(root, { file: root }), onLook);
    if (!statSync(boundary.root).isDirectory())
      throw new ConfigurationError("is no folder; --root takes the folder that holds all that may be read", {
        file: root,
      });
    if (!boundary.holds(real))
      throw new ConfigurationError(`is ${real}, outside of --root ${boundary.root}`, { file: source });
    return boundary;
  }

  /**
   * The real path behind a path, symbolic links resolved.
   * @throws ConfigurationError where it was asked for, when that is outside or does not exist.
   */
  enter(path: string, asked?: Asked): string {
    this.onLook(resolve(path));
    // What does not exist may still lead outside, and then that is all that is said about it.
    const nearest = realPath(existing(resolve(path)), asked?.at ?? { file: path });
    const at = asked?.at ?? { file: path };
    const what = asked === undefined ? "is" : `${asked.by} asks for ${path}, which is`;
    if (!this.holds(nearest))
      throw new ConfigurationError(
        `${what} outside of ${this.root}, and nothing outside is read; to allow it, name a folder that holds both with --root DIR`,
        at,
      );
    if (!existsSync(resolve(path)))
      throw new ConfigurationError(asked === undefined ? "no such file or folder" : `${what} not there`, at);
    return realPath(path, at);
  }

  holds(real: string): boolean {
    const way = relative(this.root, real);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  }

  /**
   * Names of what a folder holds, sorted by their bytes as Terraform sorts them, subfolders left out.
   * @throws ConfigurationError when the folder is outside, is none, cannot be read, or holds too much.
   */
  files(directory: string, asked?: Asked): string[] {
    const real = this.enter(directory, asked);
    const at = asked?.at ?? { file: directory };
    const names: string[] = [];
    let seen = 0;
    try {
      const folder = opendirSync(real);
      for (let entry = folder.readSync(); entry !== null && seen <= MAX_ENTRIES; entry = folder.readSync()) {
        seen += 1;
        if (!entry.isDirectory()) names.push(entry.name);
      }
      folder.closeSync();
    } catch (cause) {
      throw new ConfigurationError(`${directory} cannot be read as a folder: ${(cause as Error).message}`, at);
    }
    if (seen > MAX_ENTRIES)
      throw new ConfigurationError(`${directory} holds more than ${MAX_ENTRIES} entries; no more are looked at`, at);
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
}

/** The folder above that holds `.git`, a folder or in a worktree a file. */
function gitRootOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The longest part of a path that exists. */
function existing(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

function realPath(path: string, at: Asked["at"]): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new ConfigurationError(`${basename(path)} cannot be read: ${(cause as Error).message}`, at);
  }
}
