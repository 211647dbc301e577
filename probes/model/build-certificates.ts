import { X509Certificate } from "node:crypto";
import type { Problem, Unknown } from "../facts/provenance.ts";
import { asString, asStrings, attribute, blocks, knownText, missing, singleBlock } from "../terraform/graph.ts";
import type { Known, Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { CertificateChoice, Listener } from "./edge-model.ts";
import type { Findings } from "./findings.ts";
import { addressIn, ofTypes, resolved } from "./lookup.ts";

const MAP = "google_certificate_manager_certificate_map";
const MAP_ENTRY = "google_certificate_manager_certificate_map_entry";
const MANAGER = ["google_certificate_manager_certificate"];
const COMPUTE = [
  "google_compute_managed_ssl_certificate",
  "google_compute_ssl_certificate",
  "google_compute_region_ssl_certificate",
];

/** What a listener's certificates cover, and what of them cannot be read: each leaves open whether a host is let in. */
export type Certificates = Pick<Listener, "certificates" | "certificateNames" | "unreadCertificates">;

interface CertificateFindings extends Findings {
  readonly unread: Unknown[];
}

/** The certificates of an HTTPS proxy: a map of Certificate Manager takes the place of the plain lists. */
export function certificatesOf(graph: ResourceGraph, proxy: Resource, { unknowns, problems }: Findings): Certificates {
  const found: CertificateFindings = { unread: [], unknowns: [], problems };
  const map = attribute(proxy.body, "certificate_map");
  const isMapped = map !== undefined && knownText(map) !== "";
  const certificates = isMapped ? mapped(graph, map, found) : [listed(graph, proxy, found)];
  const certificateNames = [...new Set(certificates.flatMap(({ names }) => names))];
  unknowns.push(...found.unknowns.map((each) => withAffects(each, "refusal")));
  return {
    certificates,
    certificateNames,
    unreadCertificates: found.unread.map((each) => withAffects(each, "refusal")),
  };
}

/** The readable certificates of the plain lists. */
function listed(graph: ResourceGraph, proxy: Resource, found: CertificateFindings): CertificateChoice {
  const compute = itemsOf(attribute(proxy.body, "ssl_certificates"));
  const manager = itemsOf(attribute(proxy.body, "certificate_manager_certificates"));
  if (compute.length + manager.length === 0) found.unread.push(missing(proxy.body, "ssl_certificates"));
  const names = [
    ...compute.flatMap((reference) => namesOf(graph, reference, COMPUTE, found)),
    ...manager.flatMap((reference) => namesOf(graph, reference, MANAGER, found)),
  ];
  return { hostname: undefined, ...namesAndPlaces(names) };
}

function itemsOf(list: Value | undefined): readonly Value[] {
  return list === undefined ? [] : list.kind === "list" ? list.items : [list];
}

function mapped(graph: ResourceGraph, written: Value, found: CertificateFindings): CertificateChoice[] {
  const map = resolved(graph, written, [MAP]);
  if ("kind" in map) {
    found.unread.push({ kind: "unknown", reason: "is no certificate map of this configuration", by: written.by });
    return [];
  }
  found.unknowns.push(...unheardOf(map.body, "certificateMap", found));
  const own = ofTypes(graph, MAP_ENTRY).filter(({ body }) => isOf(map, attribute(body, "map")));
  if (own.length === 0) found.unread.push(missing(map.body, "certificate map entry"));
  return own.flatMap((entry) => choiceOf(graph, entry, found));
}

/** An entry whose map cannot be read may be one of this map. */
function isOf(map: Resource, written: Value | undefined): boolean {
  const address = written === undefined ? undefined : addressIn(written);
  if (address !== undefined) return address === map.address;
  const [name, text] = [knownText(attribute(map.body, "name")), knownText(written)];
  return name === undefined || text === undefined || name === text;
}

/** An entry for a name that cannot be read may be picked for any host, in place of one that covers it. */
function choiceOf(graph: ResourceGraph, { body }: Resource, found: CertificateFindings): CertificateChoice[] {
  const { unread, unknowns } = found;
  unknowns.push(...unheardOf(body, "certificateMapEntry", found));
  const map = attribute(body, "map");
  const [written, matcher] = [attribute(body, "hostname"), attribute(body, "matcher")];
  const hostname = written === undefined ? undefined : asString(written);
  const isPrimary = written === undefined && knownText(matcher) === "PRIMARY";
  if ((map === undefined || addressIn(map) === undefined) && knownText(map) === undefined)
    unknowns.push(missing(body, "map"));
  if (hostname?.kind !== "known" && !isPrimary) {
    unknowns.push(hostname ?? missing(body, "hostname or matcher"));
    return [];
  }
  const references = itemsOf(attribute(body, "certificates"));
  if (references.length === 0) unread.push(missing(body, "certificates"));
  const names = references.flatMap((reference) => namesOf(graph, reference, MANAGER, found));
  return [
    { hostname: hostname?.kind === "known" ? hostname.value.toLowerCase() : undefined, ...namesAndPlaces(names) },
  ];
}

function namesAndPlaces(names: readonly Known<string>[]): Pick<CertificateChoice, "names" | "places"> {
  // The provider takes a final dot for a spelling of the same name.
  return { names: names.map(({ value }) => value.toLowerCase().replace(/\.$/, "")), places: names.map(({ by }) => by) };
}

/** The names of one certificate; one that cannot be read goes to `unread`. */
function namesOf(
  graph: ResourceGraph,
  reference: Value,
  types: readonly string[],
  found: CertificateFindings,
): readonly Known<string>[] {
  const certificate = resolved(graph, reference, types);
  const names = "kind" in certificate ? certificate : namesIn(certificate, reference, found);
  if (names.kind === "known") return names.value;
  found.unread.push(names);
  return [];
}

function namesIn(
  { body, type }: Resource,
  reference: Value,
  { problems }: CertificateFindings,
): Maybe<Known<string>[]> {
  const unknowns: Unknown[] = [];
  const names =
    type === "google_compute_managed_ssl_certificate"
      ? managedNames(body, reference, { kinds: ["certificate", "managed"], unknowns, problems })
      : type === MANAGER[0]
        ? managerNames(body, reference, unknowns, problems)
        : ownNames(body, unknowns, problems);
  const [unknown] = unknowns;
  return unknown ?? names;
}

interface ManagedContext extends Findings {
  readonly kinds: readonly [outer: BlockKind, inner: BlockKind];
}

function managedNames(
  body: Value,
  reference: Value,
  { kinds, unknowns, problems }: ManagedContext,
): Maybe<Known<string>[]> {
  unknowns.push(...unheardOf(body, kinds[0], { problems }));
  const managed = singleBlock(body, "managed", unknowns);
  if (managed !== undefined) unknowns.push(...unheardOf(managed, kinds[1], { problems }));
  const domains = managed === undefined ? undefined : attribute(managed, "domains");
  return domains === undefined ? missing(reference, "managed domains") : asStrings(domains);
}

function managerNames(body: Value, reference: Value, unknowns: Unknown[], problems: Problem[]): Maybe<Known<string>[]> {
  const scope = attribute(body, "scope");
  if (scope !== undefined && !["DEFAULT", "ALL_REGIONS", ""].includes(knownText(scope) ?? "-"))
    unknowns.push({ kind: "unknown", reason: "is not a certificate of scope DEFAULT", by: scope.by });
  const [own] = blocks(body, "self_managed");
  if (own === undefined)
    return managedNames(body, reference, { kinds: ["managerCertificate", "managerManaged"], unknowns, problems });
  unknowns.push(...unheardOf(own, "managerOwn", { problems }));
  const pem = attribute(own, "pem_certificate") ?? attribute(own, "certificate_pem");
  return pem === undefined ? missing(own, "pem_certificate") : namesInPem(pem);
}

function ownNames(body: Value, unknowns: Unknown[], problems: Problem[]): Maybe<Known<string>[]> {
  unknowns.push(...unheardOf(body, "ownCertificate", { problems }));
  const pem = attribute(body, "certificate");
  return pem === undefined ? missing(body, "certificate") : namesInPem(pem);
}

/** DNS names of the first certificate of a PEM text (RFC 5280 §4.2.1.6). */
function namesInPem(value: Value): Maybe<Known<string>[]> {
  const text = asString(value);
  if (text.kind === "unknown") return text;
  try {
    const names = new X509Certificate(text.value).subjectAltName ?? "";
    const hosts = [...names.matchAll(/DNS:([^,\s"]+)/g)].map(([, name = ""]) => name);
    return {
      kind: "known",
      value: hosts.map((host): Known<string> => ({ kind: "known", value: host, by: value.by })),
      by: value.by,
    };
  } catch {
    return { kind: "unknown", reason: "is no certificate that can be read", by: value.by };
  }
}
