import { UNTOLD, flag, known, many, one, referred, resource, resources, text } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import type { Flow } from "./headers.ts";
import { hasIap, passIap } from "./iap.ts";
import { cannotTell, refuse } from "./types.ts";
import type { Ask } from "./types.ts";

export interface RunPlace {
  readonly name: string;
  readonly service: Plain;
}

/** Stage 9: rows A43, A44. */
export function serviceBehind(terraform: Plain, backend: Plain, front: Front, ask: Ask): RunPlace {
  const places = many(backend, "backend").map(({ group }) => {
    const type = "google_compute_region_network_endpoint_group";
    const neg = resource(terraform, type, referred(group, type));
    if (neg === undefined || known(neg.network_endpoint_type, "S8") !== "SERVERLESS") return cannotTell("S8");
    return serviceOf(terraform, one(neg, "cloud_run"), front, ask);
  });
  const [first, ...others] = places;
  if (first === undefined || others.some(({ name }) => name !== first.name)) return cannotTell("S8");
  return first;
}

/** S1 to S4, S10, U19: what Google refuses in front of a serverless NEG. */
export function checkServerless(backend: Plain, action: Plain, ask: Ask): void {
  if (backend.timeout_sec !== undefined && known(backend.timeout_sec, "S1") !== "30") ask.refused("S1");
  if (backend.port_name !== undefined) ask.refused("S2");
  if (many(backend, "health_checks").length > 0) ask.refused("S3");
  if (hasIap(backend) && flag(backend.enable_cdn ?? false, "S10")) ask.refused("S10");
  if (one(action, "request_mirror_policy") !== undefined) ask.refused("U19");
}

function serviceOf(terraform: Plain, cloudRun: Plain, front: Front, ask: Ask): RunPlace {
  if (cloudRun === undefined) return cannotTell("S11", "A43");
  const type = "google_cloud_run_v2_service";
  const masked = cloudRun.url_mask === undefined ? undefined : readMask(known(cloudRun.url_mask, "S11"), front, ask);
  const byReference = masked === undefined ? referred(cloudRun.service, type) : undefined;
  const wanted: unknown = masked?.service ?? cloudRun.service;
  const found = resources(terraform, type).filter(
    ([name, { name: cloudName }]) => name === byReference || (byReference === undefined && cloudName === wanted),
  );
  if (found.length === 0 && masked !== undefined && ask.reads("service-of-a-mask", "not-there") === "not-there")
    return refuse(["S11", "A43"], 404);
  if (found.length !== 1) return cannotTell("S11");
  const [name, service] = found[0]!;
  const tag: unknown = masked?.tag ?? cloudRun.tag;
  // R20, M52: a tag that no traffic target carries answers nothing that is described here.
  if (tag !== undefined && !many(service, "traffic").some((each) => each.tag === tag)) cannotTell("S11", "R20");
  return { name, service };
}

/** S11: a template for the URL, host and path as they are sent on (H22); a URL that does not fit is a 404. */
function readMask(mask: string, { host, sendPath }: Front, { on }: Ask): { service: string; tag?: string } {
  const [hostMask = "", ...pathMask] = mask.split("/");
  const wanted = [...(hostMask === "" ? [] : hostMask.split(".")), ...pathMask];
  const path = sendPath.split("/").slice(1, 1 + pathMask.length);
  const labels = host.replace(/:\d*$/, "").split(".");
  const given = [...(hostMask === "" ? [] : labels), ...path];
  const found: Record<string, string> = {};
  const fits = wanted.every((part, at) => {
    const [, name] = /^<(service|tag)>$/.exec(part) ?? [];
    if (name === undefined) return part === given[at];
    found[name] = given[at] ?? "";
    return /^[a-z0-9-]+$/.test(found[name]);
  });
  if (!fits || wanted.length !== given.length || (!on("S11 mask") && found["tag"] === undefined))
    refuse(["S11", "A43"], 404);
  return found as { service: string; tag?: string };
}

export interface Way {
  readonly front: Front;
  readonly isBehindIap: boolean;
}

/** Stages 10 and 11: rows A45 to A51. */
export function enterRun(terraform: Plain, place: RunPlace, flow: Flow, ask: Ask, { front, isBehindIap }: Way): void {
  const { service } = place;
  const ingress = known(service.ingress ?? "INGRESS_TRAFFIC_ALL", "R15");
  // Which of them an external load balancer is, R15 says for two of the four values only.
  if (ingress === "INGRESS_TRAFFIC_INTERNAL_ONLY" || ingress === "INGRESS_TRAFFIC_NONE") ask.doubt("R15");
  const hasOwnIap = flag(service.iap_enabled ?? false, "P5b");
  if (hasOwnIap) passIap(flow, flow.lines, front.isWebSocket, ask);
  const credentials = flow.lines.filter(([name]) => name === "authorization");
  // R13
  if (ask.on("R13 several") && credentials.length > 1) refuse(["R13", "A46"], 401);
  if (ask.on("R10 iam")) checkInvoker(terraform, place, flow, isBehindIap || hasOwnIap, ask);
  const ports = many(one(service, "template"), "containers").flatMap((container) => many(container, "ports"));
  if (front.isWebSocket && ask.on("R4 h2c") && ports.some(({ name }) => known(name ?? "", "R4") === "h2c"))
    refuse(["R4", "A51"], 503);
  if (!ask.on("R8 forwarded")) return;
  flow.lines.push(["forwarded", UNTOLD]);
  for (const name of ["traceparent", "x-cloud-trace-context"])
    if (!flow.lines.some(([own]) => own === name)) flow.lines.push([name, UNTOLD]);
}

/** R10 to R13: without a token 403; whether a token is good cannot be told from the configuration. */
function checkInvoker(terraform: Plain, { name, service }: RunPlace, flow: Flow, isBehindIap: boolean, ask: Ask): void {
  if (flag(service.invoker_iam_disabled ?? false, "R10") || isOpen(terraform, name, service)) return;
  // P5b: IAP shows a token of its own.
  if (isBehindIap) return ask.doubt("P5b", "R10");
  const names = ask.on("R11 serverless token") ? ["x-serverless-authorization", "authorization"] : ["authorization"];
  const shown = names.find((each) => flow.lines.some(([own]) => own === each));
  const token = flow.lines.find(([own]) => own === shown)?.[1];
  if (token === undefined) return refuse(["R10", "A46"], 403);
  // What nobody knows may be anything.
  const isUntold = token.startsWith(UNTOLD);
  if (!isUntold && !/^bearer /i.test(token)) refuse(["R10", "A46"], 401, 403);
  if (!token.includes(UNTOLD) && !/^bearer +[^\s.]+\.[^\s.]+\.[^\s.]*$/i.test(token)) refuse(["R10", "A46"], 401);
  ask.doubt("R10", "A46");
  // R11 says which name comes first, and nothing of several lines.
  if (flow.lines.filter(([own]) => own === shown).length > 1) flow.open.add(shown!);
  if (ask.reads("token-signature", "removed") === "kept" || !ask.on("R12 signature")) return;
  const redacted = token.replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
  flow.lines = flow.lines.map(([own, value]) => [own, own === shown ? redacted : value]);
}

function isOpen(terraform: Plain, name: string, service: Plain): boolean {
  const grants = ["google_cloud_run_v2_service_iam_member", "google_cloud_run_v2_service_iam_binding"];
  return grants
    .flatMap((type) => resources(terraform, type))
    .some(([, grant]) => {
      const target = referred(grant.name, "google_cloud_run_v2_service");
      if (target !== name && grant.name !== service.name) return false;
      if (known(grant.role, "R10") !== "roles/run.invoker") return false;
      return [...many(grant, "members"), ...many(grant, "member")].some((member) => text(member) === "allUsers");
    });
}
