import type { EdgeAt, Pinned } from "../../facts/target.ts";
import { UsageError } from "../context.ts";
import { pinnedAt, readCa } from "../live-place.ts";
import type { DeployOptions } from "./going.ts";
import type { Addresses } from "./outputs-of.ts";

const EDGES = ["public", "preview"] as const;
export type EdgeName = (typeof EDGES)[number];

/** How the edges of a deploy are come to. */
export interface Places {
  /** In place of the addresses that the stack was given. */
  readonly instead: Readonly<Partial<Record<EdgeName, Pinned>>>;
  readonly ca?: string;
}

/** @throws UsageError for an edge that there is not, or a place that is none. */
export function placesOf({ edge = [], ca }: Pick<DeployOptions, "edge" | "ca">): Places {
  const instead = edge.map((written): [EdgeName, Pinned] => {
    const [name = "", ...at] = written.split("=");
    const known = EDGES.find((each) => each === name);
    if (known === undefined)
      throw new UsageError(`--edge ${written}: write public=https://ADDRESS:PORT or preview=https://ADDRESS:PORT`);
    return [known, pinnedAt(at.join("="), `--edge ${written}`)];
  });
  return { instead: Object.fromEntries(instead), ...(ca !== undefined && { ca: readCa(ca) }) };
}

/** An edge at its own address, by its real names: DNS is another question. */
export function edgeAt(name: EdgeName, { ipv4 }: Addresses, { instead, ca }: Places): Pick<EdgeAt, "pinned" | "ca"> {
  const pinned = instead[name] ?? { scheme: "https", address: ipv4, port: 443 };
  return { pinned, ...(ca !== undefined && { ca }) };
}
