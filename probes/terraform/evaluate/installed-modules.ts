import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Boundary } from "../boundary.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { MAX_BYTES, readText } from "../files.ts";

interface Installed {
  readonly Key: string;
  readonly Source: string;
  readonly Dir: string;
}

/**
 * The folders of modules that `terraform init` has put beside the root module, by their keys. A module whose source has
 * changed since is not there, as little as one whose folder lies outside of the boundary.
 * @throws ConfigurationError for a list that cannot be read.
 */
export function installedModules(
  directory: string,
  boundary: Boundary,
): (key: string, source: string) => string | undefined {
  const file = join(directory, ".terraform", "modules", "modules.json");
  boundary.onLook(resolve(file));
  if (!existsSync(file)) return () => undefined;
  const modules = parse(readText(boundary.enter(file), MAX_BYTES.hcl, file), file);
  return (key, source) => {
    const found = modules.find((each) => each.Key === key);
    if (found === undefined || !isSame(found.Source, source)) return undefined;
    const folder = join(directory, found.Dir);
    return existsSync(folder) && isInside(boundary, folder) ? folder : undefined;
  };
}

/** Terraform spells the address of its registry out. */
function isSame(installed: string, written: string): boolean {
  return installed === written || installed === `registry.terraform.io/${written}`;
}

function isInside(boundary: Boundary, folder: string): boolean {
  try {
    boundary.enter(folder);
    return true;
  } catch (cause) {
    if (cause instanceof ConfigurationError) return false;
    throw cause;
  }
}

function parse(text: string, file: string): readonly Installed[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ConfigurationError("is not valid JSON; run `terraform init` again", { file });
  }
  const modules = typeof parsed === "object" && parsed !== null && "Modules" in parsed ? parsed.Modules : undefined;
  return Array.isArray(modules) ? modules.filter(isInstalled) : [];
}

function isInstalled(value: unknown): value is Installed {
  if (typeof value !== "object" || value === null) return false;
  return ["Key", "Source", "Dir"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");
}
