import { describe, expect, it } from "vitest";
import { backendOf, backendReference, runServiceOf } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { SYSTEM, all, synthesize, system } from "./synthesize.ts";

const INVOKER = "google_cloud_run_v2_service_iam_member";
const IAP_MEMBER = "google_iap_web_backend_service_iam_member";

/** The small system with `web` behind a check of the platform's. */
function checked(kind: "iam" | "iap", ...members: string[]): string {
  const image = "image: registry.example.com/web";
  return system([image, `access: ${kind}\n    invokers: ${JSON.stringify(members)}\n    ${image}`]);
}

const grants = (terraform: Json): string[] => all(terraform, INVOKER).map(({ role, member }) => `${role} ${member}`);

describe("access: app", () => {
  it("grants nobody anything, and asks for no project number", () => {
    const { terraform } = synthesize(SYSTEM);
    expect(grants(terraform)).toEqual([]);
    expect(terraform.data).toBeUndefined();
  });
});

describe("access: iam", () => {
  const { terraform } = synthesize(checked("iam", "serviceAccount:a@p.iam.gserviceaccount.com", "group:b@example.com"));

  it("leaves Cloud Run's check on, for that service alone", () => {
    expect(runServiceOf(terraform, "web").invoker_iam_disabled).toBe(false);
    expect(runServiceOf(terraform, "api").invoker_iam_disabled).toBe(true);
  });

  it("takes tokens that were made for the public URL of its hosts", () => {
    expect(runServiceOf(terraform, "web").custom_audiences).toEqual(["https://app.trial.example.com"]);
    expect(runServiceOf(terraform, "api")).not.toHaveProperty("custom_audiences");
  });

  it("grants the declared members the right to invoke, and nobody else", () => {
    expect(grants(terraform).sort()).toEqual([
      "roles/run.invoker group:b@example.com",
      "roles/run.invoker serviceAccount:a@p.iam.gserviceaccount.com",
    ]);
    for (const { name, location } of all(terraform, INVOKER)) {
      expect(name).toMatch(/^\$\{google_cloud_run_v2_service\.service-web_service_[0-9A-F]+\.name\}$/);
      expect(location).toMatch(/^\$\{google_cloud_run_v2_service\.service-web_service_[0-9A-F]+\.location\}$/);
    }
  });

  it("lets everybody in only where that is what is declared", () => {
    expect(grants(synthesize(checked("iam", "allUsers")).terraform)).toEqual(["roles/run.invoker allUsers"]);
  });

  it("has no identity-aware proxy", () => {
    expect(backendOf(terraform, "web")).not.toHaveProperty("iap");
    expect(all(terraform, IAP_MEMBER)).toEqual([]);
  });

  it("is the same for the witness in its place", () => {
    const preview = synthesize(checked("iam", "group:b@example.com"), "live").terraform;
    expect(runServiceOf(preview, "web", "preview")).toMatchObject({
      invoker_iam_disabled: false,
      custom_audiences: ["https://app.example.com"],
    });
    expect(grants(preview)).toEqual(Array(2).fill("roles/run.invoker group:b@example.com"));
  });

  it("changes neither generation nor backend service: no template holds it", () => {
    const open = synthesize(SYSTEM).terraform;
    expect(terraform.output.generations).toEqual(open.output.generations);
    expect(backendReference(terraform, "web")).toBe(backendReference(open, "web"));
  });
});

describe("access: iap", () => {
  const { terraform } = synthesize(checked("iap", "group:staff@example.com", "domain:example.com"));

  it("puts identity-aware proxy on the backend service, and on no other", () => {
    expect(backendOf(terraform, "web").iap).toEqual({ enabled: true });
    expect(backendOf(terraform, "api")).not.toHaveProperty("iap");
  });

  it("lets the declared members through the proxy", () => {
    const members = all(terraform, IAP_MEMBER).map(({ role, member, web_backend_service: backend }) => {
      expect(backend).toBe(backendReference(terraform, "web").replace(".id}", ".name}"));
      return `${role} ${member}`;
    });
    expect(members.sort()).toEqual([
      "roles/iap.httpsResourceAccessor domain:example.com",
      "roles/iap.httpsResourceAccessor group:staff@example.com",
    ]);
  });

  it("lets nobody but the proxy's own agent invoke the service", () => {
    expect(runServiceOf(terraform, "web").invoker_iam_disabled).toBe(false);
    const [project] = Object.keys(terraform.data.google_project as object);
    const agent = `service-\${data.google_project.${project}.number}@gcp-sa-iap.iam.gserviceaccount.com`;
    expect(grants(terraform)).toEqual([`roles/run.invoker serviceAccount:${agent}`]);
  });

  it("makes another backend service when the members change, and the same generation", () => {
    const other = synthesize(checked("iap", "group:other@example.com")).terraform;
    expect(backendReference(other, "web")).not.toBe(backendReference(terraform, "web"));
    expect(other.output.generations).toEqual(terraform.output.generations);
  });

  it("stands before the witness too", () => {
    const preview = synthesize(checked("iap", "group:staff@example.com"), "live").terraform;
    expect(backendOf(preview, "web", "preview").iap).toEqual({ enabled: true });
    expect(all(preview, IAP_MEMBER)).toHaveLength(2);
    expect(grants(preview)).toHaveLength(2);
  });
});
