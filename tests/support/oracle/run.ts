import { flag, known, many, one, referred, resource, resources, text } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Flow } from "./headers.ts";
import { UNKNOWN_VALUE, cannotTell, refuse } from "./types.ts";
import type { Ask } from "./types.ts";

export interface RunPlace {
  readonly name: string;
  readonly service: Plain;
}

/** Stage 9: rows A43, A44. */
export function serviceBehind(terraform: Plain, backend: Plain): RunPlace {
  const places = many(backend, "backend").map(({ group }) => {
    const type = "google_compute_region_network_endpoint_group";
    const neg = resource(terraform, type, referred(group, type));
    if (neg === undefined || known(neg.network_endpoint_type, "S8") !== "SERVERLESS") return cannotTell("S8");
    return serviceOf(terraform, one(neg, "cloud_run"));
  });
  const [first, ...others] = places;
  if (first === undefined || others.some(({ name }) => name !== first.name)) return cannotTell("S8");
  return first;
}

function serviceOf(terraform: Plain, cloudRun: Plain): RunPlace {
  if (cloudRun === undefined || cloudRun.url_mask !== undefined) return cannotTell("S11", "A43");
  const type = "google_cloud_run_v2_service";
  const byReference = referred(cloudRun.service, type);
  const found = resources(terraform, type).find(
    ([name, { name: cloudName }]) =>
      name === byReference || (byReference === undefined && cloudName === cloudRun.service),
  );
  if (found === undefined) return cannotTell("S11");
  const [name, service] = found;
  // R20, M52: a tag that no traffic target carries answers nothing that is described here.
  if (cloudRun.tag !== undefined && !many(service, "traffic").some(({ tag }) => tag === cloudRun.tag))
    return cannotTell("S11", "R20");
  return { name, service };
}

/** Stages 10 and 11: rows A45 to A51. */
export function enterRun(terraform: Plain, place: RunPlace, flow: Flow, way: { isWebSocket: boolean; ask: Ask }): void {
  const { isWebSocket, ask } = way;
  const ingress = known(place.service.ingress ?? "INGRESS_TRAFFIC_ALL", "R15");
  // Which of them an external load balancer is, R15 says for two of the four values only.
  if (ingress === "INGRESS_TRAFFIC_INTERNAL_ONLY" || ingress === "INGRESS_TRAFFIC_NONE") cannotTell("R15");
  const credentials = flow.lines.filter(([name]) => name === "authorization");
  if (ask.on("R10 iam")) checkInvoker(terraform, place, flow);
  // R13
  if (ask.on("R13 several") && credentials.length > 1) refuse(["R13", "A46"], 401);
  const ports = many(one(place.service, "template"), "containers").flatMap((container) => many(container, "ports"));
  if (isWebSocket && ask.on("R4 h2c") && ports.some(({ name }) => known(name ?? "", "R4") === "h2c"))
    refuse(["R4", "A51"], 503);
  if (!ask.on("R8 forwarded")) return;
  flow.lines.push(["forwarded", UNKNOWN_VALUE]);
  for (const name of ["traceparent", "x-cloud-trace-context"])
    if (!flow.lines.some(([own]) => own === name)) flow.lines.push([name, UNKNOWN_VALUE]);
}

/** R10, R13: without a token 403; whether a token is good cannot be told from the configuration. */
function checkInvoker(terraform: Plain, { name, service }: RunPlace, flow: Flow): void {
  if (flag(service.invoker_iam_disabled ?? false, "R10") || isOpen(terraform, name, service)) return;
  const platform = flow.lines.filter(([own]) => own === "x-serverless-authorization");
  const own = flow.lines.filter(([each]) => each === "authorization");
  if (own.length > 1) refuse(["R13", "A46"], 401);
  const [token] = [...platform, ...own];
  if (token === undefined) return refuse(["R10", "A46"], 403);
  if (typeof token[1] === "string" && !/^bearer /i.test(token[1])) refuse(["R10", "A46"], 401, 403);
  if (typeof token[1] === "string" && token[1].split(".").length !== 3) refuse(["R10", "A46"], 401);
  cannotTell("R10", "R12", "A46", "A47");
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
