import type { Unknown } from "../../../facts/provenance.ts";
import type { Listener } from "../../../model/edge-model.ts";
import { placeInCertificate } from "../../../model/stage-front.ts";
import type { HostRule } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { listenersByMap } from "../certificates.ts";

export const hostWithoutCertificate = defineStaticRule({
  id: "host-without-certificate",
  title: "a host rule names a host that no certificate of its listener covers",
  severity: "error",
  found: "run",
  because: "TLS fails before any request is sent, which a browser shows as a WebSocket that closed with 1006.",
  fix: "Add the host to a certificate of the listener; a wildcard stands for one label, and not for the domain itself.",
  sources: ["M66"],
  check: ({ edges }: Subject) =>
    listenersByMap(edges).flatMap(({ map, listeners }) => map.hosts.flatMap((rule) => said(rule, listeners))),
});

/** What some listener of the map covers is reachable there. */
function said({ host, by }: HostRule, listeners: readonly Listener[]): Said[] {
  const bare = host.replace(/:\d*$/, "");
  if (
    bare.startsWith("*")
      ? listeners.some((each) => coversSome(each, bare))
      : listeners.some((each) => covers(each, bare))
  )
    return [];
  const unread = listeners.flatMap(({ unreadCertificates }): readonly Unknown[] => unreadCertificates);
  const [first] = unread;
  if (first !== undefined) return [{ ...first, by }];
  const names = [...new Set(listeners.flatMap(({ certificateNames }) => certificateNames))];
  const have = names.length === 0 ? "none that names a host" : names.slice(0, 4).join(", ");
  return [
    found(by, `no certificate covers ${host}: the listener has ${have}`, { by: listeners.map((each) => each.by) }),
  ];
}

function covers(listener: Listener, host: string): boolean {
  return placeInCertificate(listener, host) !== undefined;
}

/** Whether a host that a pattern such as `*.example.com` or `*-app.example.com` names may be covered. */
function coversSome({ certificateNames }: Listener, pattern: string): boolean {
  const end = pattern.slice(1);
  return certificateNames.some((name) => {
    const own = name.replace(/^\*/, "");
    return name.endsWith(end) || (name.startsWith("*") && (own === end || end.endsWith(own) || own.endsWith(end)));
  });
}
