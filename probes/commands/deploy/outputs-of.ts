import type { Answering, DeployRecord } from "../../facts/deployed.ts";
import { EXIT_CODE } from "../../gate/verdict.ts";
import { StoppedError } from "./going.ts";
import type { Going } from "./going.ts";
import { runTerraform } from "./terraform-run.ts";

export interface Addresses {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** What a stack says of itself once it was applied. */
export interface StackOutputs {
  readonly addresses: Addresses;
  /** Of the preview edge. */
  readonly preview?: { readonly addresses: Addresses; readonly token: string };
  readonly answering: Answering;
  readonly dnsRecords: DeployRecord["dnsRecords"];
}

type Written = Readonly<Record<string, { readonly value?: unknown } | undefined>>;

/** Reads the outputs of an applied stack. @throws StoppedError where they cannot be read. */
export async function outputsOf(folder: string, { context }: Going): Promise<StackOutputs> {
  const { code, stdout } = await runTerraform(["output", "-json"], folder, context);
  if (code !== 0) throw new StoppedError(EXIT_CODE.inconclusive, "the outputs of the stack cannot be read");
  const written = JSON.parse(stdout) as Written;
  const value = <T>(name: string): T => {
    const found = written[name]?.value;
    if (found === undefined)
      throw new StoppedError(
        EXIT_CODE.inconclusive,
        `the stack has no output ${name}: it is not one of Headgate's own`,
      );
    return found as T;
  };
  return {
    addresses: value("addresses"),
    ...(written["preview-addresses"] !== undefined && {
      preview: { addresses: value("preview-addresses"), token: value("preview-token") },
    }),
    answering: { stamp: value("stamp"), generations: value("generations") },
    dnsRecords: value("dns-records"),
  };
}

/** What answered before a plan, by the state it started from; null where nothing did. */
export function answeringBefore(shown: string): Answering | null {
  const { prior_state: prior } = JSON.parse(shown) as {
    prior_state?: { values?: { outputs?: Written } };
  };
  const outputs = prior?.values?.outputs;
  const stamp = outputs?.["stamp"]?.value;
  if (typeof stamp !== "string") return null;
  return { stamp, generations: (outputs?.["generations"]?.value ?? {}) as Answering["generations"] };
}

/** A resource of the root module, as the state holds it. */
export interface InState {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Every resource of the root module that the state holds. @throws StoppedError where it cannot be read. */
export async function resourcesInState(folder: string, { context }: Going): Promise<readonly InState[]> {
  const { code, stdout } = await runTerraform(["show", "-json"], folder, context);
  if (code !== 0) throw new StoppedError(EXIT_CODE.inconclusive, "the state cannot be read");
  const { values } = JSON.parse(stdout) as { values?: { root_module?: { resources?: readonly InState[] } } };
  return values?.root_module?.resources ?? [];
}
