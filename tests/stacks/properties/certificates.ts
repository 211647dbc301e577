import { expect } from "vitest";
import type { EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { edgesIn, hostsIn, prefixOf } from "./reference-system.ts";
import { bodiesOf, entriesOf, reference, theOne } from "./resources.ts";
import type { Entry } from "./resources.ts";

const MANAGED = "google_compute_managed_ssl_certificate";
const MAP = "google_certificate_manager_certificate_map";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const CERTIFICATE = "google_certificate_manager_certificate";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const PROXY = "google_compute_target_https_proxy";

/** Looks at staging, where each host has a certificate of its own at the proxy. */
function perHost(look: (terraform: Json, environment: EnvironmentId) => void): Property["holds"] {
  return (terraform, environment) => {
    if (environment === "staging") look(terraform, environment);
    else expect(entriesOf(terraform, MANAGED)).toEqual([]);
  };
}

interface Managed {
  readonly host: string;
  readonly key: string;
  readonly authorization: Entry;
  readonly certificate: Entry;
  readonly entry: Entry;
}

/** Looks at what Certificate Manager holds for each host of production. */
function manager(look: (managed: Managed, terraform: Json) => void): Property["holds"] {
  return (terraform, environment) => {
    const types = [MAP, ENTRY, CERTIFICATE, AUTHORIZATION];
    if (environment === "staging") return expect(types.flatMap((type) => entriesOf(terraform, type))).toEqual([]);
    for (const host of hostsIn(environment)) {
      const authorization = theOne(entriesOf(terraform, AUTHORIZATION), (_, body) => body.domain === host);
      const key = /-([0-9a-f]{8})_/.exec(authorization[0])![1]!;
      const of = (type: string): Entry => theOne(entriesOf(terraform, type), (id) => id.includes(`-${key}_`));
      look({ host, key, authorization, certificate: of(CERTIFICATE), entry: of(ENTRY) }, terraform);
    }
  };
}

export const certificates: readonly Property[] = [
  {
    name: "each host has a certificate for itself alone, so that a new host replaces none",
    facts: [],
    holds: perHost((terraform, environment) => {
      expect(bodiesOf(terraform, MANAGED).map(({ managed }) => managed)).toEqual(
        expect.arrayContaining(hostsIn(environment).map((host) => ({ domains: [host] }))),
      );
      expect(entriesOf(terraform, MANAGED)).toHaveLength(hostsIn(environment).length);
    }),
  },
  {
    name: "each certificate is named by its host alone",
    facts: [],
    holds: perHost((terraform, environment) => {
      for (const [id, { name }] of entriesOf(terraform, MANAGED))
        expect(name).toBe(`${prefixOf(environment)}-${/host-([0-9a-f]{8})_/.exec(id)?.[1]}`);
    }),
  },
  {
    name: "a certificate goes only after the proxy let go of it",
    facts: [],
    holds: perHost((terraform) => {
      for (const { lifecycle } of bodiesOf(terraform, MANAGED))
        expect(lifecycle).toEqual({ create_before_destroy: true });
    }),
  },
  {
    name: "every proxy serves the certificates of every host",
    facts: [],
    holds: (terraform, environment) => {
      for (const { ssl_certificates: ids, certificate_map: map } of bodiesOf(terraform, PROXY)) {
        if (environment === "production") {
          const [id] = theOne(entriesOf(terraform, MAP));
          expect(map).toBe(`//certificatemanager.googleapis.com/${reference(MAP, id)}`);
          expect(ids).toBeUndefined();
        } else {
          const certificate = (host: string): string =>
            theOne(entriesOf(terraform, MANAGED), (_, { managed }) => managed.domains.includes(host))[0];
          expect(ids).toEqual(hostsIn(environment).map((host) => reference(MANAGED, certificate(host))));
          expect(map).toBeUndefined();
        }
      }
      expect(bodiesOf(terraform, PROXY)).toHaveLength(edgesIn(environment).length);
    },
  },
  {
    name: "Certificate Manager proves each name by DNS, before any traffic can arrive",
    facts: [],
    holds: manager(({ host, authorization: [id, { domain }], certificate: [, { managed }] }) => {
      expect(domain).toBe(host);
      expect(managed).toEqual({ domains: [host], dns_authorizations: [reference(AUTHORIZATION, id)] });
    }),
  },
  {
    name: "the map serves each host its own certificate",
    facts: [],
    holds: manager(({ host, certificate: [id], entry: [, entry] }, terraform) => {
      const [map] = theOne(entriesOf(terraform, MAP));
      expect(entry.hostname).toBe(host);
      expect(entry.certificates).toEqual([reference(CERTIFICATE, id)]);
      expect(entry.map).toBe(reference(MAP, map, "name"));
    }),
  },
  {
    name: "authorization, certificate and entry are named by their host alone",
    facts: [],
    holds: manager(({ key, authorization, certificate, entry }) => {
      for (const [, { name }] of [authorization, certificate, entry])
        expect(name).toBe(`${prefixOf("production")}-${key}`);
    }),
  },
  {
    name: "there is one certificate map, and no entry in it for anything but a host",
    facts: [],
    holds: (terraform, environment) => {
      const production = environment === "production";
      expect(bodiesOf(terraform, MAP).map(({ name }) => name as string)).toEqual(
        production ? [prefixOf(environment)] : [],
      );
      expect(entriesOf(terraform, ENTRY)).toHaveLength(production ? hostsIn(environment).length : 0);
    },
  },
];
