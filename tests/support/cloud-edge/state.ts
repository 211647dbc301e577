import type { Cloud, Stored } from "../stand-in-google/cloud.ts";
import type { Body } from "../stand-in-google/value.ts";

interface ShownResource {
  readonly address: string;
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
  readonly provider_name: string;
  readonly values: Body;
}

/** What exists, in the form in which `terraform show -json` prints a state: references are ids there. */
export interface ShownState {
  readonly format_version: "1.0";
  readonly terraform_version: string;
  readonly values: { readonly root_module: { readonly resources: readonly ShownResource[] } };
}

/** The cloud as a state that knows all of it, whatever Terraform's own remembers. */
export function stateOf(cloud: Cloud): ShownState {
  const resources = Object.values(cloud.resources).map((stored): ShownResource => {
    const name = nameOf(stored);
    return {
      address: `${stored.type}.${name}`,
      mode: "managed",
      type: stored.type,
      name,
      provider_name: "registry.terraform.io/hashicorp/google",
      values: stored.body,
    };
  });
  return { format_version: "1.0", terraform_version: "1.10.0", values: { root_module: { resources } } };
}

/** Address by which the model knows something that exists: its id, made a name of Terraform. */
export const addressOf = (stored: Stored): string => `${stored.type}.${nameOf(stored)}`;

/** One name for one id: all of it stands in the name, for a region or a role tells two of one last word apart. */
const nameOf = ({ id }: Stored): string => id.replace(/[^A-Za-z0-9_-]/g, "_");
