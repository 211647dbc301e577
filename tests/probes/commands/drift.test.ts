import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drift } from "../../../probes/commands/drift.ts";
import { UsageError } from "../../../probes/commands/context.ts";
import type { Drift } from "../../../probes/facts/drift.ts";
import { recordedContext } from "../../support/command-context.ts";
import { googleApi, send } from "../../support/google-api.ts";
import type { GoogleApi } from "../../support/google-api.ts";
import { expectPublished } from "../../support/published-schema.ts";
import type { Json } from "../../support/reference.ts";
import type { Cloud } from "../../support/stand-in-google/cloud.ts";
import { newProject } from "../../support/terraform-project.ts";
import type { Project } from "../../support/terraform-project.ts";

const TOKEN = "token-of-a-test-0123456789";
const EMPTY: Cloud = { resources: {}, revisions: {}, addresses: 0 };

let project: Project;
let api: GoogleApi;
let cloud: Cloud;
let applied: string;

beforeAll(async () => {
  project = newProject();
  await project.synth(readFileSync("headgate.yaml", "utf8"));
  await project.apply("staging");
  applied = JSON.stringify(project.cloud());
  api = await googleApi(() => cloud);
}, 180_000);
afterAll(async () => {
  await api.close();
  project.remove();
});
beforeEach(() => {
  cloud = JSON.parse(applied) as Cloud;
  api.fault = () => false;
  api.calls.length = 0;
});

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly result: Drift;
}

async function run(more: { live?: string[]; api?: string; timeout?: number; env?: string } = {}): Promise<Ran> {
  const { context, stdout } = recordedContext(project.folder, "2030-01-15", { GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN });
  const json = join(project.folder, "drift.json");
  const code = await drift(
    join(project.folder, "cdktf.out"),
    { env: "staging", format: ["text", `json=${json}`], api: api.url, timeout: 5, ...more },
    context,
  );
  const result = JSON.parse(readFileSync(json, "utf8")) as Drift;
  expectPublished("drift", result);
  return { code, text: stdout(), result };
}

/** The stored body of the resource of a type whose name matches. */
function stored(type: string, name: RegExp): Json {
  const found = Object.values(cloud.resources).find(
    (each) => each.type === type && name.test(String((each.body as Json).name)),
  );
  if (found === undefined) throw new Error(`no ${type} of the name ${name.source}`);
  return found.body;
}

const map = (): Json => stored("google_compute_url_map", /^reference-staging$/);

describe("drift against the API", () => {
  it("finds none in what was just applied, page by page, with the token", async () => {
    const { code, text, result } = await run();
    expect(result.differences, text).toEqual([]);
    expect(result.notCompared, text).toEqual([]);
    expect(result.applied).toBe("yes");
    expect(code).toBe(0);
    expect(api.calls.some(({ path }) => path.includes("pageToken=2"))).toBe(true);
    expect(new Set(api.calls.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(text).not.toContain(TOKEN);
  });

  it("finds none in an environment with a preview edge and managed certificates", { timeout: 120_000 }, async () => {
    await project.apply("production");
    cloud = project.cloud();
    const { code, text } = await run({ env: "production" });
    expect(code, text).toBe(0);
    expect(text).toContain("0 missing, 0 differences on the header path, 0 elsewhere");
  });

  it("says first of all that nothing was ever applied", async () => {
    cloud = EMPTY;
    const { code, text, result } = await run();
    expect(result.applied).toBe("never");
    expect(text.split("\n")[2]).toMatch(/was never applied here/);
    expect(code).toBe(1);
  });

  it("names what is missing, with its line", async () => {
    const [key] = Object.entries(cloud.resources).find(([, { type }]) => type === "google_cloud_run_v2_service")!;
    delete cloud.resources[key];
    const { code, result } = await run();
    expect(result.applied).toBe("partly");
    expect(result.missing).toHaveLength(1);
    expect(result.missing[0]!.file).toMatch(/cdk\.tf\.json$/);
    expect(code).toBe(1);
  });

  it("finds a header that somebody removes by hand, on the header path and at its line", async () => {
    map().header_action[0].request_headers_to_remove.push("Authorization");
    const { code, text, result } = await run();
    expect(result.applied).toBe("other");
    expect(result.differences).toHaveLength(1);
    const [found] = result.differences;
    expect(found).toMatchObject({ attribute: "header_action.request_headers_to_remove", onPath: true });
    expect(found!.live).toContain("Authorization");
    expect(found!.at.line).toBeGreaterThan(1);
    expect(text).toContain("differences on the header path:");
    expect(code).toBe(1);
  });

  it("finds a whole action where the configuration has none", async () => {
    map().path_matcher[0].header_action = [{ request_headers_to_remove: ["Authorization"] }];
    const { code, result } = await run();
    expect(result.differences.map(({ attribute, configured }) => [attribute, configured])).toEqual([
      ["path_matcher[0].header_action", null],
    ]);
    expect(code).toBe(1);
  });

  it("shows no value of a header", async () => {
    const backend = stored("google_compute_backend_service", /backend/);
    backend.custom_request_headers = ["X-Edge-Auth: s3cr3t-of-the-edge"];
    const { text, result } = await run();
    expect(result.differences[0]!.live).toContain("X-Edge-Auth: (");
    expect(text + JSON.stringify(result)).not.toContain("s3cr3t");
  });

  it("keeps a description apart, and ends 0 for it", async () => {
    map().description = "Edited by hand";
    const { code, text, result } = await run();
    expect(result.differences).toMatchObject([{ attribute: "description", onPath: false }]);
    expect(text).toContain("differences elsewhere:");
    expect(code).toBe(0);
  });

  it("finds another timeout of a service", async () => {
    stored("google_cloud_run_v2_service", /backend/).template[0].timeout = "300s";
    const { code, result } = await run();
    expect(result.differences).toMatchObject([
      {
        attribute: expect.stringMatching(/^template.*\.timeout$/),
        configured: '"3600s"',
        live: '"300s"',
        onPath: true,
      },
    ]);
    expect(code).toBe(1);
  });
});

describe("drift against an API that does not answer as it should", () => {
  const onMaps =
    (fault: GoogleApi["fault"]): GoogleApi["fault"] =>
    (call, response) =>
      call.path.endsWith("/urlMaps") && fault(call, response);

  it.each([
    [403, "denied by policy", /urlMaps: 403, denied by policy; the caller needs compute\.urlMaps\.list/],
    [404, "no such project", /404, no such project; is example-staging the project/],
    [401, "invalid credentials", /401, invalid credentials; the token is not valid/],
  ])("cannot look where it answers %i, and does not ask again", async (status, message, reason) => {
    api.fault = onMaps((_, response) => {
      send(response, status, { error: { code: status, message } });
      return true;
    });
    const { code, result } = await run();
    expect(result.notCompared[0]!.reason).toMatch(reason);
    expect(api.calls.filter(({ path }) => path.includes("/urlMaps"))).toHaveLength(1);
    expect(code).toBe(3);
  });

  it("asks again after a 503, as long as Retry-After says", async () => {
    api.fault = onMaps(({ count }, response) => {
      if (count > 2) return false;
      response.writeHead(503, { "retry-after": "0" });
      response.end("busy");
      return true;
    });
    const { code, text } = await run();
    expect(code, text).toBe(0);
    expect(api.calls.filter(({ path }) => path.endsWith("/urlMaps?"))).toHaveLength(3);
  });

  it("gives up after four attempts", async () => {
    api.fault = onMaps((_, response) => {
      response.writeHead(500, { "retry-after": "0" });
      response.end("{");
      return true;
    });
    const { code, result } = await run();
    expect(result.notCompared[0]!.reason).toMatch(/500, no reason given \(4 attempts\)/);
    expect(code).toBe(3);
  });

  it("cannot look where the answer does not come", { timeout: 30_000 }, async () => {
    api.fault = onMaps(() => true);
    const { code, result } = await run({ timeout: 0.2 });
    expect(result.notCompared[0]!.reason).toMatch(/no answer within 0\.2 s \(4 attempts\)/);
    expect(code).toBe(3);
  });

  it.each([
    ["a page of a proxy", "<html>login</html>", /the answer is no JSON object/],
    ["a list that is none", { items: "none" }, /answered items that is no list/],
    ["a next page that is the same", { items: [], nextPageToken: "x" }, /names a next page that is none/],
  ])("cannot look at %s", async (_, body, reason) => {
    api.fault = onMaps((_call, response) => {
      send(response, 200, body);
      return true;
    });
    const { code, result } = await run();
    expect(result.notCompared[0]!.reason).toMatch(reason);
    expect(code).toBe(3);
  });

  it("sends a token to nobody in clear", async () => {
    await expect(run({ api: "http://example.com" })).rejects.toThrow(UsageError);
  });
});

describe("drift against exported files", () => {
  const exported = (name: string, body: unknown): string => {
    const file = join(project.folder, name);
    writeFileSync(file, typeof body === "string" ? body : JSON.stringify(body));
    return file;
  };

  it("compares what the files hold, and says what they do not", async () => {
    const file = exported(
      "map.yaml",
      "kind: compute#urlMap\nname: reference-staging\ndefaultUrlRedirect: {hostRedirect: other.example.com}\n",
    );
    const { code, text, result } = await run({ live: [file] });
    expect(result.differences.length).toBeGreaterThan(0);
    expect(result.notLookedAt).toContain("google_compute_backend_service");
    expect(text).toContain("not looked at: ");
    expect(api.calls).toEqual([]);
    expect(code).toBe(1);
  });

  it("refuses files of something else", async () => {
    await expect(run({ live: [exported("other.json", { a: 1 })] })).rejects.toThrow(/holds no resource of an edge/);
    await expect(run({ live: ["missing.yaml"] })).rejects.toThrow(/no such file or folder/);
  });
});
