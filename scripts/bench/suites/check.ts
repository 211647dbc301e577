import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { foreignProcess } from "../foreign-process.ts";
import type { Block, Contender, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

const SIZES = [1, 100, 1000] as const;
const BUNDLE = resolve("dist/headgate.js");
const MEGABYTE = 1_000_000;

/** Reads and parses every file of a folder with Terraform's own parser, as WebAssembly, and does nothing with it. */
const HCL2JSON = `
const { readFileSync, readdirSync } = require("node:fs");
const { parse } = require("@cdktn/hcl2json");
(async () => {
  for (const name of readdirSync(process.argv[1])) await parse(name, readFileSync(process.argv[1] + "/" + name, "utf8"));
})();
`;

/**
 * `headgate check` as a whole process on 1, 100 and 1,000 files of HCL, and on the reference system, beside Terraform's
 * own start and a plain parse of the same files. The largest once more as time for each megabyte.
 */
export async function checkSuites(): Promise<Suite[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const synth = join(folder, "cdktf.out");
  await wholeProcess(["dist/synth.js"], { HEADGATE_CONTRACT: "headgate.yaml", CDKTF_OUTDIR: synth });
  const terraform: Contender[] = [
    { name: "terraform version", run: () => foreignProcess("terraform", ["version"], empty) },
    { name: "terraform validate, nothing there", run: () => foreignProcess("terraform", ["validate"], empty) },
  ];
  const sized = SIZES.map((count) => {
    const path = join(folder, String(count));
    const megabytes = writeFiles(path, count) / MEGABYTE;
    const own: Contender[] = [
      { name: "headgate check", run: () => check(path) },
      { name: "hcl2json, parse alone", run: () => wholeProcess(["-e", HCL2JSON, path]) },
    ];
    return { count, megabytes, own };
  });
  const { own, megabytes } = sized.at(-1)!;
  const suites: Omit<Suite, "close">[] = [
    {
      title: "check: the reference system, two environments, with its contract, whole processes",
      blocks: 10,
      contenders: [{ name: "headgate check", run: () => check(synth, resolve("headgate.yaml")) }, ...terraform],
    },
    ...sized.map((each) => ({
      title: `check: ${each.count} files, ${each.megabytes.toFixed(3)} MB of HCL, whole processes`,
      blocks: each.count > 100 ? 5 : 10,
      contenders: [...each.own, ...terraform],
    })),
    {
      title: `check: ${SIZES.at(-1)} files, time for each megabyte`,
      labels: { wall: "wall ms/MB", cpu: "cpu ms/MB" },
      blocks: 5,
      contenders: own.map(({ name, run }) => ({ name, run: async () => shared(await run(), megabytes) })),
    },
  ];
  let open = suites.length;
  const close = (): void => void ((open -= 1) === 0 && rmSync(folder, { recursive: true, force: true }));
  return suites.map((suite) => ({ ...suite, close }));
}

/** What is found decides the exit code, and either is fine here. */
function check(source: string, contract?: string): Promise<Block> {
  const declared = contract === undefined ? [] : ["--contract", contract];
  return wholeProcess([BUNDLE, "check", source, ...declared], {}, { exits: [0, 1], cwd: dirname(source) });
}

function shared({ wallMs, cpuMs, peakMb = 0 }: Block, megabytes: number): Block {
  return { wallMs: wallMs / megabytes, cpuMs: cpuMs / megabytes, peakMb };
}

/** Bytes that were written. */
function writeFiles(path: string, count: number): number {
  mkdirSync(path);
  const texts = Array.from({ length: count }, (_, index) => edge(index));
  for (const [index, text] of texts.entries()) writeFileSync(join(path, `edge-${index}.tf`), text);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** A load balancer before one service, as people write it. */
function edge(index: number): string {
  const name = `edge_${index}`;
  return `# Edge ${index}
resource "google_cloud_run_v2_service" "${name}" {
  name     = "app-${index}"
  location = "us-central1"
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  template {
    timeout = "3600s"
    containers {
      image = "us-docker.pkg.dev/example/app/app-${index}@sha256:${"0".repeat(64)}"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "${name}" {
  name                  = "app-${index}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.${name}.name
  }
}

resource "google_compute_backend_service" "${name}" {
  name                  = "app-${index}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group = google_compute_region_network_endpoint_group.${name}.id
  }
}

resource "google_compute_url_map" "${name}" {
  name            = "app-${index}"
  default_service = google_compute_backend_service.${name}.id
  header_action {
    request_headers_to_remove = ["X-Debug"]
  }
  host_rule {
    hosts        = ["app-${index}.example.com"]
    path_matcher = "app"
  }
  path_matcher {
    name            = "app"
    default_service = google_compute_backend_service.${name}.id
    route_rules {
      priority = 1
      service  = google_compute_backend_service.${name}.id
      match_rules {
        prefix_match = "/ws"
      }
    }
  }
}
`;
}
