import { describe, expect, it } from "vitest";
import { ServiceIdentity } from "../../../stacks/constructs/service-identity.ts";
import type { Json } from "../../support/reference.ts";
import { all, synthesizeStack } from "../synthesize.ts";

const GRANT = "google_secret_manager_secret_iam_member";

function identity(name: string, ...secrets: string[]): Json {
  return synthesizeStack((stack) => new ServiceIdentity(stack, "identity", { name, secrets }));
}

const accountId = (name: string): string => all(identity(name), "google_service_account")[0].account_id as string;

describe("the id of the account", () => {
  it("is the service's name where that fits", () => {
    expect(accountId("shop-live-api")).toBe("shop-live-api");
    expect(accountId("x".repeat(30))).toBe("x".repeat(30));
  });

  it("has six characters at least", () => {
    expect(accountId("a-b")).toBe("a-b000");
  });

  it("is never the same for two long names that begin alike", () => {
    const ids = ["a", "b"].map((end) => accountId(`a-service-with-a-long-name-that-ends-in-${end}`));
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("the grants", () => {
  it("name the project of a secret that is not the environment's", () => {
    const grants = all(identity("api", "own-key", "projects/example-shared/secrets/their-key"), GRANT);
    expect(grants.map(({ project, secret_id: secret }) => `${project ?? "own"} ${secret}`).sort()).toEqual([
      "example-shared their-key",
      "own own-key",
    ]);
  });

  it("are one a secret, however many variables it fills", () => {
    expect(all(identity("api", "key", "key"), GRANT)).toHaveLength(1);
  });
});
