import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js";
import type { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { DataGoogleProject } from "@cdktf/provider-google/lib/data-google-project/index.js";
import type { Construct } from "constructs";
import { generationOf } from "../generation.ts";
import { here } from "../source-lines.ts";

/** Who checks a caller before the container does (facts R10, R14, P5b). */
export type ServiceAccess =
  /** Nobody: the application does. Cloud Run's own check is off, and no member is granted anything. */
  | { readonly kind: "app" }
  /** Cloud Run: only `members` may call, with tokens made for one of `audiences` (the public URLs, fact R14). */
  | { readonly kind: "iam"; readonly members: readonly string[]; readonly audiences: readonly string[] }
  /** Identity-Aware Proxy at the load balancer; Cloud Run lets in nobody but IAP itself. */
  | { readonly kind: "iap" };

/** Grants `roles/run.invoker` to whom the access names, and to nobody else. */
export function grantInvokers(scope: Construct, service: CloudRunV2Service, access: ServiceAccess): void {
  for (const member of membersOf(scope, access)) {
    here(
      new CloudRunV2ServiceIamMember(scope, `invoker-${member.id}`, {
        name: service.name,
        location: service.location,
        role: "roles/run.invoker",
        member: member.name,
      }),
    );
  }
}

function membersOf(scope: Construct, access: ServiceAccess): { id: string; name: string }[] {
  if (access.kind === "app") return [];
  if (access.kind === "iam") return access.members.map((name) => ({ id: generationOf(name), name }));
  const project = here(new DataGoogleProject(scope, "project"));
  return [{ id: "iap", name: `serviceAccount:service-${project.number}@gcp-sa-iap.iam.gserviceaccount.com` }];
}
