import { Construct } from "constructs";
import { here } from "../source-lines.ts";
import { CloudRunService } from "./cloud-run-service.ts";
import type { CloudRunServiceProps } from "./cloud-run-service.ts";
import { described } from "./described.ts";

/** What a witness takes over from the service in whose place it stands. */
type Shared = Pick<
  CloudRunServiceProps,
  | "label"
  | "region"
  | "port"
  | "timeoutSeconds"
  | "concurrency"
  | "cpu"
  | "memory"
  | "sessionAffinity"
  | "labels"
  | "description"
  | "access"
>;

export interface WitnessServiceProps {
  /** Cloud Run service name, at most 49 characters. */
  readonly name: string;
  /** The witness's image, by digest. */
  readonly image: string;
  /** Secret with the key that opens the witness, by version number. */
  readonly key: { readonly secret: string; readonly version: string };
  /** The service in whose place it stands: port, limits, timeout, access. */
  readonly inPlaceOf: Shared;
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The witness in place of a service: a Cloud Run service with the same port, limits, timeout and access, so that nothing
 * but the container differs, and with none of the service's own variables or secrets. It scales to zero.
 */
export class WitnessService extends Construct {
  readonly run: CloudRunService;

  constructor(scope: Construct, id: string, props: WitnessServiceProps) {
    super(scope, id);
    const { label, region, port, timeoutSeconds, concurrency, cpu, memory, sessionAffinity, ...rest } = props.inPlaceOf;
    this.run = here(
      new CloudRunService(this, "run", {
        name: props.name,
        label,
        labels: { ...rest.labels, ...props.labels },
        region,
        ...described(rest),
        image: props.image,
        port,
        timeoutSeconds,
        concurrency,
        cpu,
        memory,
        minInstances: 0,
        maxInstances: 2,
        sessionAffinity,
        env: { HEADGATE_SERVICE: label },
        secrets: { HEADGATE_KEY: props.key },
        ...(rest.access !== undefined && { access: rest.access }),
      }),
    );
  }
}
