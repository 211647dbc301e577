import type { ConstructSource, Provenance } from "../facts/provenance.ts";
import { fileFrom } from "./reported.ts";

interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** A place that a result names beside its own, and what is there. */
export interface Related extends FilePlace {
  readonly what: string;
  readonly construct?: ConstructSource;
}

export type SarifPlace = Omit<Provenance, "pointer">;

/**
 * Locations of a result. What a construct made is shown at its TypeScript line, where a person can change it; the line
 * of the synthesized JSON, which the next synth overwrites, stands beside it.
 */
export function placed(
  { address, attribute, construct, ...place }: SarifPlace,
  related: readonly Related[],
  cwd: string,
): { readonly locations: object[]; readonly relatedLocations?: object[] } {
  const name = attribute === "" ? address : `${address}.${attribute}`;
  const logicalLocations = [{ fullyQualifiedName: name, kind: "resource" }];
  const synthesized: Related[] = construct === undefined ? [] : [{ ...place, what: "in the synthesized Terraform" }];
  const others = [...synthesized, ...related.flatMap(withConstruct)];
  return {
    locations: [{ physicalLocation: physical(construct ?? place, cwd), logicalLocations }],
    ...(others.length > 0 && {
      relatedLocations: others.map((other, index) => ({
        id: index + 1,
        physicalLocation: physical(other, cwd),
        message: { text: other.what },
      })),
    }),
  };
}

function withConstruct({ construct, ...place }: Related): Related[] {
  if (construct === undefined) return [place];
  return [{ file: construct.file, line: construct.line, what: place.what }, place];
}

/** §3.4: an absolute file is a `file:` URI; another one is relative to the root of the sources. */
function physical({ file, line, column }: FilePlace, cwd: string): object {
  // Half of a surrogate pair has no encoding in a URI.
  const path = fileFrom(file, cwd).replace(/[\ud800-\udfff]/gu, "\ufffd");
  const uri = path.split("/").map(encodeURIComponent).join("/");
  const artifactLocation = path.startsWith("/") ? { uri: `file://${uri}` } : { uri, uriBaseId: "%SRCROOT%" };
  const region = { startLine: Math.max(1, line), ...(column !== undefined && { startColumn: Math.max(1, column) }) };
  return { artifactLocation, region };
}
