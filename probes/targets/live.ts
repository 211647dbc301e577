import type { Case, Endpoint } from "../facts/case.ts";
import type { ControlLeg, Pinned, Target } from "../facts/target.ts";

export interface LiveOptions {
  readonly pinned?: Pinned;
  /** PEM of a private authority. */
  readonly ca?: string;
}

/** An edge that is running somewhere. TLS is verified always. */
export function liveTarget(cases: readonly Case[], options: LiveOptions): Target {
  const endpointFor = ({ host }: Pick<Case, "host">): Endpoint => endpointAt(host, options);
  return { kind: "live", endpointFor, controlLegs: controlLegs(cases, endpointFor), close: () => Promise.resolve() };
}

/** Where a host of a running edge is met. */
export function endpointAt(host: string, { pinned, ca }: LiveOptions): Endpoint {
  return {
    scheme: pinned?.scheme ?? "https",
    address: pinned?.address ?? host,
    port: pinned?.port ?? 443,
    host,
    ...(ca !== undefined && { ca }),
  };
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
