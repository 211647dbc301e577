import { describe, expect, it } from "vitest";
import { ContractError } from "../../contract/problem.ts";
import { matcherName } from "../../stacks/names.ts";
import { edit } from "../support/builders.ts";
import { SYSTEM, synthesize, system } from "./synthesize.ts";

function refusal(text: string, environment = "trial"): string[] {
  try {
    synthesize(text, environment);
  } catch (error) {
    if (error instanceof ContractError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** The small system with `web` under another key. */
const renamed = (id: string): string =>
  SYSTEM.replaceAll("service: web", `service: ${id}`).replace("  web:", `  ${id}:`);

/** A system with another environment in the project of `trial`. */
function neighbour(text: string, id: string, region: string): string {
  const environment = `  ${id}: { project: example-trial, region: ${region}, domain: other.example.com }\n`;
  return edit(text, "  live:\n", `${environment}  live:\n`);
}

describe("a Cloud Run name", () => {
  /** The small system with a service whose name in `trial` has so many characters. */
  const ofLength = (length: number): string => renamed("w".repeat(length - "shop-with-a-long-name-trial-".length));
  const long = (length: number): string => edit(ofLength(length), "name: shop", "name: shop-with-a-long-name");

  it("has at most 49 characters; a longer one is refused at the service's line", () => {
    expect(refusal(long(49))).toEqual([]);
    expect(refusal(long(50))).toEqual([
      `headgate.yaml:29:3  services.${"w".repeat(22)}: makes a Cloud Run service name longer than 49 characters`,
      `    value  shop-with-a-long-name-trial-${"w".repeat(22)}`,
    ]);
  });

  it("leaves room for the tag of a generation, where generations stand side by side", () => {
    expect(refusal(long(37), "live")).toEqual([]);
    expect(refusal(long(38), "live")).toEqual([
      `headgate.yaml:29:3  services.${"w".repeat(10)}: makes a Cloud Run service name longer than 36 characters`,
      `    value  shop-with-a-long-name-live-${"w".repeat(10)}`,
    ]);
  });

  it("leaves the same room for an application whose id ends like a witness", () => {
    const id = `${"w".repeat(19)}-witness`;
    expect(refusal(renamed(id), "live")).toEqual([
      `headgate.yaml:29:3  services.${id}: makes a Cloud Run service name longer than 36 characters`,
      `    value  shop-live-${id}`,
    ]);
  });

  it("is not one that another environment of the project and region has", () => {
    // `trial` and `web-api` would make the service that `trial-web` and `api` make.
    const services = SYSTEM.replaceAll("service: web", "service: web-api").replace("  web:", "  web-api:");
    const text = neighbour(services, "trial-web", "us-central1");
    expect(refusal(text)).toEqual([
      "headgate.yaml:30:3  services.web-api: makes a Cloud Run service name that environment trial-web has too",
      "    value  shop-trial-web-api",
    ]);
    expect(refusal(neighbour(services, "trial-web", "europe-west1"))).toEqual([]);
  });

  it("is not that of another service's witness", () => {
    const text = renamed("api-witness");
    expect(refusal(text)).toEqual([]);
    expect(refusal(text, "live")).toEqual([
      "headgate.yaml:29:3  services.api-witness: makes the same Cloud Run service name as service api",
      "    value  shop-live-api-witness",
    ]);
  });
});

describe("the prefix of every name", () => {
  it("leaves room for what is appended", () => {
    const name = "a-contract-with-a-name-of-thir";
    const text = edit(SYSTEM, "name: shop", `name: ${name}`);
    const long = edit(text, "  trial:", "  a-trial-so:");
    expect(refusal(long, "a-trial-so")).toEqual([
      "headgate.yaml:6:3  environments.a-trial-so: makes resource names longer than 63 characters",
      `    value  ${name}-a-trial-so`,
    ]);
    expect(refusal(edit(text, "  trial:", "  a-trials:"), "a-trials")).toEqual([]);
  });
});

describe("an environment", () => {
  it.each(["live-preview", "live-redirect"])(
    "is not called %s beside live: their edges would have the same names",
    (id) => {
      const text = edit(
        SYSTEM,
        "  live:\n",
        `  ${id}: { project: example-live, region: us-east1, domain: other.example.com }\n  live:\n`,
      );
      expect(refusal(text, "live")).toEqual([
        `headgate.yaml:7:3  environments.${id}: makes resource names that environment live has too`,
        `    value  shop-${id}`,
      ]);
      expect(refusal(edit(text, `${id}: { project: example-live`, `${id}: { project: example-other`), "live")).toEqual(
        [],
      );
    },
  );
});

describe("an image", () => {
  it("must be known to the stacks; its absence is refused at the service's line", () => {
    const text = SYSTEM.replace(/ {4}image: registry.example.com\/web.*\n/, "    port: 8080\n");
    expect(refusal(text)).toEqual([
      "headgate.yaml:29:3  services.web.image: the stacks need the image, by digest; write it, or name it with --image or images.json",
      "    value  none",
    ]);
  });
});

describe("a host", () => {
  it("needs to say where every other path goes", () => {
    expect(refusal(system(["    paths: [/*]\n    service: web", "    paths: [/page]\n    service: web"]))[0]).toMatch(
      /^headgate\.yaml:\d+:\d+ {2}routes \(app\.\$\{domain\} \/page\): host app\.trial\.example\.com has no route for \/\*/,
    );
  });
});

describe("matcherName", () => {
  it("is never the same for two hosts, however alike or long", () => {
    const long = "x".repeat(60);
    const hosts = ["api-x.example.com", "api.x.example.com", "api.x-example.com", `${long}.a.com`, `${long}.b.com`];
    const names = hosts.map(matcherName);
    expect(new Set(names).size).toBe(hosts.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  });

  it("can be read", () => {
    expect(matcherName("api.example.com")).toMatch(/^host-api-example-com-[0-9a-f]{8}$/);
  });
});
