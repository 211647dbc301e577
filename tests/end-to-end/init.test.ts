import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import { backendOf, plantedSynth, referenceSynth, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());
const contract = (): string => join(folder.path, "headgate.yaml");

describe("headgate init", () => {
  it("writes a contract that the gate passes as it stands, by the stacks that come with the tool", async () => {
    const { code, stdout } = await headgate(["init"], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "wrote headgate.yaml; edit it, then run: headgate gate\n" });
    expect(readFileSync(contract(), "utf8")).toMatch(/^headers: #.*how it must arrive$/m);
    const gate = await headgate(["gate"], { cwd: folder.path });
    expect(gate.code, gate.stdout + gate.stderr).toBe(0);
  });

  it("never overwrites, with and without --from", async () => {
    writeFileSync(contract(), "mine");
    for (const args of [[], ["--from", referenceSynth(), "--env", "staging"]]) {
      const { code, stderr } = await headgate(["init", ...args], { cwd: folder.path });
      expect(code).toBe(2);
      expect(stderr).toContain("headgate.yaml is there already, and is left as it is");
    }
    expect(readFileSync(contract(), "utf8")).toBe("mine");
  });
});

describe("headgate init --from", () => {
  it("derives a contract that the same configuration holds", async () => {
    const { code, stderr } = await headgate(["init", "--from", referenceSynth(), "--env", "staging"], {
      cwd: folder.path,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const text = readFileSync(contract(), "utf8");
    expect(text).toContain(
      "  - host: api.${domain}\n    paths: [/ws, /ws/*]\n    service: backend\n    protocol: websocket",
    );
    expect(text).toContain("domain: staging.example.com");
    expect(text).toMatch(/^ {2}x-user-id: \{ name: X-User-Id, arrives: never \} # .*cdk\.tf\.json:\d+$/m);
    expect(text).toMatch(/name: X-Request-Source, arrives: \{ set: "\^public-edge\$" \}/);
    // The gate judges a stack by the environment of its name.
    expect(text).toContain("environments:\n  staging: # as the stack is named\n");
    const check = await headgate(["check", referenceSynth(), "--env", "staging"], { cwd: folder.path });
    expect(check.code, check.stdout + check.stderr).toBe(0);
  });

  it("keeps a credential that the configuration destroys as one that must arrive, and says which line it is", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      backendOf(terraform, "backend").custom_request_headers = ["Authorization: {authorization}"];
    });
    const { stdout } = await headgate(["init", "--from", directory, "--env", "staging", "--out", "-"]);
    expect(stdout).toMatch(
      /name: Authorization, .*arrives: unchanged \} # .*takes it away by .*cdk\.tf\.json:\d+: is that meant\?/,
    );
    expect(existsSync(contract())).toBe(false);
  });

  it("asks which stack, where there are several", async () => {
    const { code, stderr } = await headgate(["init", "--from", referenceSynth()], { cwd: folder.path });
    expect(code).toBe(2);
    expect(stderr).toContain("holds several stacks; name one with --env (");
  });
});
