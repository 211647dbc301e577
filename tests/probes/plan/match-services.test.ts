import { describe, expect, it } from "vitest";
import type { Contract } from "../../../contract/contract.ts";
import { matchServices } from "../../../probes/plan/match-services.ts";
import type { ConfiguredService } from "../../../probes/plan/match-services.ts";
import { REFERENCE, contractOf, edit } from "../../support/builders.ts";

const run = (id: string, more: Partial<ConfiguredService> = {}): ConfiguredService => ({
  address: `google_cloud_run_v2_service.${id}`,
  name: undefined,
  label: undefined,
  ...more,
});

const CONTRACT = contractOf(REFERENCE);
const OTHERS = [run("auth"), run("frontend")];
const match = (configured: readonly ConfiguredService[], contract: Contract = CONTRACT) =>
  matchServices(contract, [...configured, ...OTHERS]);

describe("matchServices", () => {
  it("finds a service by its label before its name", () => {
    const { addresses, problems } = match([run("a", { label: "backend" }), run("b", { name: "backend" })]);
    expect(addresses["backend"]).toBe("google_cloud_run_v2_service.a");
    expect(problems).toEqual({});
  });

  it("finds a service by its Cloud Run name", () => {
    expect(match([run("a", { name: "backend" })]).addresses["backend"]).toBe("google_cloud_run_v2_service.a");
  });

  it("finds a service by the name of its resource", () => {
    expect(match([run("backend")]).addresses["backend"]).toBe("google_cloud_run_v2_service.backend");
  });

  it("does not take a resource whose name only ends alike", () => {
    expect(match([run("my-backend")]).addresses).not.toHaveProperty("backend");
  });

  it("finds a service by its declared address, whatever the labels say", () => {
    const address = "google_cloud_run_v2_service.b";
    const contract = contractOf(edit(REFERENCE, "    port: 8000\n", `    address: ${address}\n    port: 8000\n`));
    expect(match([run("a", { label: "backend" }), run("b")], contract).addresses["backend"]).toBe(address);
  });

  describe("behind several edges", () => {
    const own = run("own", { label: "backend", edge: "preview" });
    const common = run("common", { label: "backend" });
    const at = (configured: readonly ConfiguredService[], edge?: string) =>
      matchServices(CONTRACT, [...configured, ...OTHERS], edge).addresses["backend"];

    it("prefers the services of the edge under test", () => {
      expect(at([common, own], "preview")).toBe(own.address);
      expect(at([common, run("backend", { edge: "preview" })], "preview")).toBe("google_cloud_run_v2_service.backend");
    });

    it("takes those of no edge where the edge has none of its own", () => {
      expect(at([common], "preview")).toBe(common.address);
    });

    it("never takes those of another edge", () => {
      expect(at([own, common], "production")).toBe(common.address);
      expect(at([own, common])).toBe(common.address);
      expect(at([own])).toBeUndefined();
      expect(matchServices(CONTRACT, [own, ...OTHERS], "production").problems["backend"]).not.toContain("own");
    });

    it("takes a stand-in of the edge before a declared address", () => {
      const contract = contractOf(
        edit(REFERENCE, "    port: 8000\n", `    address: ${common.address}\n    port: 8000\n`),
      );
      const find = (edge?: string) => matchServices(contract, [own, common, ...OTHERS], edge).addresses["backend"];
      expect([find("preview"), find()]).toEqual([own.address, common.address]);
    });
  });

  it("says what there is when a service is not found", () => {
    const { addresses, problems } = match([]);
    expect(addresses).not.toHaveProperty("backend");
    expect(problems).toEqual({
      backend:
        "service backend is not in the configuration; it holds google_cloud_run_v2_service.auth, google_cloud_run_v2_service.frontend; name it with address: or the label headgate-service",
    });
  });

  it("says so when there is no service at all", () => {
    expect(matchServices(CONTRACT, []).problems["auth"]).toBe(
      "service auth is not in the configuration; it holds no Cloud Run service; name it with address: or the label headgate-service",
    );
  });

  it("names the candidates when a service is found twice, and takes none of them", () => {
    const { addresses, problems } = match([run("a", { label: "backend" }), run("b", { label: "backend" })]);
    expect(addresses).not.toHaveProperty("backend");
    expect(problems["backend"]).toBe(
      "service backend is found 2 times: google_cloud_run_v2_service.a, google_cloud_run_v2_service.b; name one with address:",
    );
  });
});
