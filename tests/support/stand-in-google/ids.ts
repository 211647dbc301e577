import { Refusal } from "./cloud.ts";
import { factsOf } from "./resources.ts";
import type { ResourceType } from "./resources.ts";
import { text } from "./value.ts";
import type { Body } from "./value.ts";

/** The id that a body will have; names given as a full path count by their last part. */
export function idOf(type: ResourceType, body: Body): string {
  const { id, defaults = {} } = factsOf(type);
  return id.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = text(body, name) ?? defaults[name];
    if (typeof value !== "string") throw new Refusal(`googleapi: Error 400: Required '${name}' is missing, required`);
    return name === "role" || name === "member" ? value : value.split("/").at(-1)!;
  });
}
