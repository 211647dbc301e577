import type { Case, Endpoint } from "../facts/case.ts";
import type { ControlLeg, Target } from "../facts/target.ts";

export interface LiveOptions {
  /** Where to connect in place of what the names resolve to; the real names stay in SNI, `Host` and the check. */
  readonly pinned?: { readonly scheme: "http" | "https"; readonly address: string; readonly port: number };
  /** PEM of a private authority. */
  readonly ca?: string;
}

/** An edge that is running somewhere. TLS is verified always. */
export function liveTarget(cases: readonly Case[], options: LiveOptions): Target {
  const endpointFor = ({ host }: Pick<Case, "host">): Endpoint => ({
    scheme: options.pinned?.scheme ?? "https",
    address: options.pinned?.address ?? host,
    port: options.pinned?.port ?? 443,
    host,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  return { kind: "live", endpointFor, controlLegs: controlLegs(cases, endpointFor), close: () => Promise.resolve() };
}

/** No way past the edge is known, so a control goes through it, on any declared path that answers. */
function controlLegs(cases: readonly Case[], endpointFor: (planned: Case) => Endpoint): ControlLeg[] {
  const seen = new Set<string>();
  return cases.flatMap((planned) => {
    const key = `${planned.host} ${planned.form} ${planned.protocol}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [
      {
        name: `${planned.host}${planned.form}`,
        group: "through the edge",
        endpoint: endpointFor(planned),
        path: planned.path,
        protocols: [planned.protocol],
      },
    ];
  });
}
