import { describe, expect, it } from "vitest";
import { ContractError } from "../../contract/problem.ts";
import type { Release } from "../../contract/release.ts";
import { edit } from "../support/builders.ts";
import { SYSTEM, all, synthesize, system } from "./synthesize.ts";

function refusal(text: string, environment = "trial", release?: Release): string[] {
  try {
    synthesize(text, environment, release);
  } catch (error) {
    if (error instanceof ContractError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("an environment named like what every object has", () => {
  it("is refused with its line: the construct tree cannot hold it", () => {
    expect(refusal(edit(SYSTEM, "  trial:", "  constructor:"), "constructor")).toEqual([
      "headgate.yaml:6:3  environments.constructor: cannot be the name of a stack; choose another",
      '    value  "constructor"',
    ]);
  });

  it("harms no service, header or variable of that name", () => {
    const service = SYSTEM.replaceAll("service: web", "service: constructor").replace("  web:", "  constructor:");
    const text = service.replaceAll("identity", "constructor").replace("MODE: plain", "constructor: plain");
    for (const environment of ["trial", "live"]) expect(refusal(text, environment)).toEqual([]);
  });

  it("does not mix a service of that name up with none in what is live", () => {
    const live = synthesize(SYSTEM, "live").candidate!;
    const text = SYSTEM.replaceAll("service: web", "service: constructor").replace("  web:", "  constructor:");
    const { terraform, candidate } = synthesize(text, "live", { live, kept: [live] });
    const generations = [live, candidate!].flatMap((each) => Object.values(each.generations));
    for (const { traffic } of all(terraform, "google_cloud_run_v2_service"))
      for (const { revision, tag } of traffic as { revision: string; tag?: string }[])
        if (tag !== undefined) expect(generations, revision).toContain(tag.slice("g-".length));
  });
});

describe("certificates of one HTTPS proxy", () => {
  /** The small system with so many hosts in all. */
  const withHosts = (count: number): string =>
    SYSTEM +
    Array.from(
      { length: count - 2 },
      (_, index) => `  - { host: "h${index}.\${domain}", paths: [/*], service: web }\n`,
    ).join("");

  it("are fifteen at most, one a host", () => {
    expect(refusal(withHosts(15))).toEqual([]);
    expect(refusal(withHosts(16))).toEqual([
      "headgate.yaml:6:3  environments.trial.certificates: an HTTPS proxy takes 15 certificates and this one would have 16, one a host; write certificates: certificate-manager",
      "    value  per-host",
    ]);
  });

  it("are as many as there are hosts with Certificate Manager", () => {
    const managed = edit(
      withHosts(40),
      "domain: trial.example.com }",
      "domain: trial.example.com, certificates: certificate-manager }",
    );
    expect(refusal(managed)).toEqual([]);
  });

  it("are counted with those of what is live", () => {
    const live = synthesize(withHosts(15), "live").candidate!;
    expect(refusal(withHosts(15), "live", { live, kept: [] })).toEqual([]);
    expect(refusal(withHosts(15).replace('host: "h0.', 'host: "other.'), "live", { live, kept: [] })[0]).toContain(
      "environments.live.certificates: an HTTPS proxy takes 15 certificates and this one would have 16",
    );
  });
});

describe("a host of two environments", () => {
  it("is refused at the environment whose domain makes it, once", () => {
    expect(refusal(system(["domain: trial.example.com", "domain: example.com"]))).toEqual([
      "headgate.yaml:6:3  environments.trial.domain: makes the host api.example.com, which environment live has too",
      "    value  example.com",
    ]);
  });

  it("is refused whichever of the two is built", () => {
    expect(refusal(system(["domain: trial.example.com", "domain: example.com"]), "live")[0]).toMatch(
      /^headgate\.yaml:7:3 {2}environments\.live\.domain: makes the host api\.example\.com, which environment trial has too$/,
    );
  });

  it("is refused at the route that names it outright", () => {
    const text = `${SYSTEM}  - { host: status.example.net, paths: [/*], service: web }\n`;
    expect(refusal(text)).toEqual([
      "headgate.yaml:48:5  routes (status.example.net /*): makes the host status.example.net, which environment live has too; write ${domain} in it",
      "    value  status.example.net",
    ]);
  });

  it("is no matter of a host that only ends alike", () => {
    expect(refusal(system(["domain: trial.example.com", "domain: trialexample.com"]))).toEqual([]);
  });
});
