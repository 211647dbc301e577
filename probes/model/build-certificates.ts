import type { Unknown } from "../facts/provenance.ts";
import {
  asString,
  asStrings,
  attribute,
  knownText,
  missing,
  referenced,
  resourcesOfType,
  singleBlock,
} from "../terraform/graph.ts";
import type { Known, Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import type { CertificateChoice, Listener } from "./edge-model.ts";

const MAP_REFERENCE =
  /^\/\/certificatemanager\.googleapis\.com\/\$\{(google_certificate_manager_certificate_map\.[A-Za-z0-9_-]+)\.id\}$/;

/** What a listener's certificates cover, and what of them cannot be read. */
export type Certificates = Pick<Listener, "certificates" | "certificateNames" | "unreadCertificates">;

/** The certificates of an HTTPS proxy: a map of Certificate Manager takes the place of the plain list. */
export function certificatesOf(graph: ResourceGraph, proxy: Resource, unknowns: Unknown[]): Certificates {
  const unread: Unknown[] = [];
  const map = attribute(proxy.body, "certificate_map");
  const certificates = map === undefined ? [listed(graph, proxy, unread)] : mapped(graph, map, unread, unknowns);
  const certificateNames = [...new Set(certificates.flatMap(({ names }) => names))];
  return { certificates, certificateNames, unreadCertificates: unread };
}

/** The readable certificates of the plain list; every one that cannot be read goes to `unread`. */
function listed(graph: ResourceGraph, proxy: Resource, unread: Unknown[]): CertificateChoice {
  const list = attribute(proxy.body, "ssl_certificates");
  const references = list === undefined ? [] : list.kind === "list" ? list.items : [list];
  if (references.length === 0) unread.push(missing(proxy.body, "ssl_certificates"));
  const names = references.flatMap((reference) =>
    namesOf(graph, reference, ["google_compute_managed_ssl_certificate", "certificate", "managed"], unread),
  );
  return { hostname: undefined, ...namesAndPlaces(names) };
}

function mapped(graph: ResourceGraph, written: Value, unread: Unknown[], unknowns: Unknown[]): CertificateChoice[] {
  const address = written.kind === "template" ? MAP_REFERENCE.exec(written.expression)?.[1] : undefined;
  const map = address === undefined ? undefined : graph.resources.get(address);
  if (map === undefined) {
    unread.push({ kind: "unknown", reason: "is no certificate map of this configuration", by: written.by });
    return [];
  }
  unknowns.push(...unheardOf(map.body, "certificateMap"));
  const entries = resourcesOfType(graph, "google_certificate_manager_certificate_map_entry");
  const own = entries.filter(({ body }) => isOf(map, attribute(body, "map")));
  if (own.length === 0) unread.push(missing(map.body, "certificate map entry"));
  return own.flatMap((entry) => choiceOf(graph, entry, unread, unknowns));
}

/** An entry whose map cannot be read may be one of this map. */
function isOf(map: Resource, written: Value | undefined): boolean {
  if (written?.kind === "reference") return written.address === map.address;
  const [name, text] = [knownText(attribute(map.body, "name")), knownText(written)];
  return name === undefined || text === undefined || name === text;
}

/** An entry for a name that cannot be read may be picked for any host, in place of one that covers it. */
function choiceOf(
  graph: ResourceGraph,
  { body }: Resource,
  unread: Unknown[],
  unknowns: Unknown[],
): CertificateChoice[] {
  unknowns.push(...unheardOf(body, "certificateMapEntry"));
  const map = attribute(body, "map");
  const [written, matcher] = [attribute(body, "hostname"), attribute(body, "matcher")];
  const hostname = written === undefined ? undefined : asString(written);
  const isPrimary = written === undefined && knownText(matcher) === "PRIMARY";
  if (map?.kind !== "reference" && knownText(map) === undefined) unknowns.push(missing(body, "map"));
  if (hostname?.kind !== "known" && !isPrimary) {
    unknowns.push(hostname ?? missing(body, "hostname or matcher"));
    return [];
  }
  const list = attribute(body, "certificates");
  const references = list === undefined ? [] : list.kind === "list" ? list.items : [list];
  if (references.length === 0) unread.push(missing(body, "certificates"));
  const names = references.flatMap((reference) =>
    namesOf(
      graph,
      reference,
      ["google_certificate_manager_certificate", "managerCertificate", "managerManaged"],
      unread,
    ),
  );
  return [
    { hostname: hostname?.kind === "known" ? hostname.value.toLowerCase() : undefined, ...namesAndPlaces(names) },
  ];
}

type CertificateKind = readonly [type: string, body: BlockKind, managed: BlockKind];

function namesAndPlaces(names: readonly Known<string>[]): Pick<CertificateChoice, "names" | "places"> {
  return { names: names.map(({ value }) => value.toLowerCase()), places: names.map(({ by }) => by) };
}

function namesOf(
  graph: ResourceGraph,
  reference: Value,
  kind: CertificateKind,
  unread: Unknown[],
): readonly Known<string>[] {
  const names = domainsOf(graph, reference, kind);
  if (names.kind === "known") return names.value;
  unread.push(names);
  return [];
}

function domainsOf(
  graph: ResourceGraph,
  reference: Value,
  [type, kind, inner]: CertificateKind,
): Maybe<Known<string>[]> {
  const certificate = referenced(graph, reference, type);
  if ("kind" in certificate) return certificate;
  const unknowns = unheardOf(certificate.body, kind);
  const scope = attribute(certificate.body, "scope");
  if (kind === "managerCertificate" && scope !== undefined && knownText(scope) !== "DEFAULT")
    unknowns.push({ kind: "unknown", reason: "is not a certificate of scope DEFAULT", by: scope.by });
  const managed = singleBlock(certificate.body, "managed", unknowns);
  if (managed !== undefined) unknowns.push(...unheardOf(managed, inner));
  const domains = managed === undefined ? undefined : attribute(managed, "domains");
  if (domains === undefined) unknowns.push(missing(reference, "managed domains"));
  const texts = domains === undefined ? undefined : asStrings(domains);
  if (texts?.kind === "unknown") unknowns.push(texts);
  const [unknown] = unknowns;
  if (unknown !== undefined || texts?.kind !== "known") return unknown ?? missing(reference, "managed domains");
  return texts;
}
