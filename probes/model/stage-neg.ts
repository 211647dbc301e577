import type { StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer } from "../facts/trace.ts";
import type { Backend, BackendGroup, UrlMask } from "./edge-model.ts";
import { runGroup } from "./build-neg.ts";
import { withAffects } from "./doubt.ts";
import type { Journey } from "./journey.ts";
import { hostOf, paths } from "./stage-front.ts";

type RunGroup = Extract<BackendGroup, { kind: "run" }>;

/** What a backend service sends a request to. */
export type Reached =
  | {
      readonly kind: "run";
      readonly group: RunGroup;
      /** Why no one service can be named, though all that may serve treat the request alike. */
      readonly nameless?: string;
    }
  | { readonly kind: "answer"; readonly answer: EdgeAnswer }
  | {
      readonly kind: "elsewhere";
      readonly reason: string;
      readonly isServerless: boolean;
      readonly unknowns: readonly Unknown[];
    };

/** A request, and the balancer that hands it on. */
export type Asking = Pick<Journey, "request" | "product" | "asked">;

/** The service, or what stands in its place; of several regions the client's own is nearest, which nobody knows. */
export function reach({ groups }: Backend, asking: Asking): Reached {
  const reached = groups.map((group) => reachGroup(group, asking));
  const [first, ...others] = reached;
  if (first === undefined) return { kind: "elsewhere", reason: "it has no backend", isServerless: true, unknowns: [] };
  if (others.length === 0) return first;
  return several(first, others);
}

function reachGroup(group: BackendGroup, asking: Asking): Reached {
  if (group.kind === "run") return { kind: "run", group };
  if (group.kind === "elsewhere")
    return { kind: "elsewhere", reason: group.reason, isServerless: group.serverless, unknowns: group.unknowns };
  if (group.kind === "mask") return throughMask(group, asking);
  const unknowns = [withAffects(group, "refusal")];
  return { kind: "elsewhere", reason: `it cannot be told: ${group.reason}`, isServerless: true, unknowns };
}

function several(first: Reached, others: readonly Reached[]): Reached {
  const all = [first, ...others];
  const names = [...new Set(all.map(nameOf))];
  if (names.length === 1) return first;
  const which = `which of them serves depends on where the client is: ${names.join(", ")}`;
  const runs = all.flatMap((each) => (each.kind === "run" ? [each.group] : []));
  const isAlike = runs.length === all.length && runs.every((group) => behaviour(group) === behaviour(runs[0]!));
  if (isAlike && first.kind === "run") return { ...first, nameless: which };
  const unknowns = all.flatMap((each) => (each.kind === "elsewhere" ? each.unknowns : []));
  const isElsewhere = all.every((each) => each.kind === "elsewhere");
  // Whatever serves of several machines gets the same; services that differ may refuse or not.
  const differ: Unknown[] = isElsewhere
    ? []
    : [{ kind: "unknown", reason: which, affects: "refusal", by: placeOf(runs) ?? placeOfAnswer(all)! }];
  const isServerless = all.some((each) => each.kind !== "elsewhere" || each.isServerless);
  return { kind: "elsewhere", reason: which, isServerless, unknowns: [...unknowns, ...differ] };
}

function nameOf(reached: Reached): string {
  if (reached.kind === "run") return reached.group.service.address;
  return reached.kind === "elsewhere" ? reached.reason : `an answer ${reached.answer.status}`;
}

function placeOf(groups: readonly RunGroup[]): RunGroup["by"] | undefined {
  return groups[0]?.by;
}

function placeOfAnswer(all: readonly Reached[]): RunGroup["by"] | undefined {
  return all.flatMap((each) => (each.kind === "answer" ? [each.answer.by] : []))[0];
}

/** Everything about a service that a request may notice. */
function behaviour({ service, revisions, unknowns }: RunGroup): string {
  const { h2c, iamCheck, audiences, iap, timeoutSeconds, unknowns: own } = service;
  const open = [...own, ...unknowns, ...iamCheck.unsure].map(({ reason }) => reason);
  return JSON.stringify([h2c.value, iamCheck.value, audiences, iap?.kind, timeoutSeconds.value, open, revisions]);
}

/** S11: service and tag out of the URL; a URL that does not fit is answered with 404. */
function throughMask(group: Extract<BackendGroup, { kind: "mask" }>, { request, product, asked }: Asking): Reached {
  const { mask, services } = group;
  // The front has folded the path by now (H21, H22).
  const path = paths(request.target, { product, asked }).forwarded.replace(/[?#].*$/s, "");
  const found = readMask(mask.text, hostOf(request).replace(/:\d*$/, ""), path);
  if (found === undefined)
    return { kind: "answer", answer: notFound(mask, `the URL does not fit the mask ${mask.text}`) };
  const tag = found.tag === undefined ? group.tag : { name: found.tag, by: mask.by };
  const named = services.filter(({ name }) => name === found.service);
  const [service, another] = named;
  if (service !== undefined && another === undefined)
    return { kind: "run", group: runGroup(service, tag, { by: mask.by, problems: [] }) };
  const isNone = named.length === 0 && asked.assume("service-of-a-mask") === "not-there";
  if (isNone)
    return { kind: "answer", answer: notFound(mask, `the mask ${mask.text} names a service that is not there`) };
  const reason = `the URL mask ${mask.text} names service ${found.service}, of which this configuration holds ${named.length}`;
  const unknown: Unknown = {
    kind: "unknown",
    reason: `${reason}: without such a service it is a 404 (S11)`,
    affects: "refusal",
    by: mask.by,
  };
  return { kind: "elsewhere", reason, isServerless: true, unknowns: [unknown] };
}

/** The service and tag that a mask such as `<tag>.example.com/<service>` finds; undefined where the URL does not fit. */
export function readMask(
  mask: string,
  host: string,
  path: string,
): { readonly service: string; readonly tag?: string } | undefined {
  const slash = mask.indexOf("/");
  const [hostMask, pathMask] = slash === -1 ? [mask, ""] : [mask.slice(0, slash), mask.slice(slash)];
  const atHost = hostMask === "" ? {} : fits(hostMask, host.toLowerCase(), "$");
  const atPath = pathMask === "" ? {} : fits(pathMask.replace(/\/$/, ""), path, "(?:/|$)");
  if (atHost === undefined || atPath === undefined) return undefined;
  const { service, tag } = { ...atHost, ...atPath };
  return service === undefined ? undefined : { service, ...(tag !== undefined && { tag }) };
}

function fits(mask: string, text: string, end: string): Record<string, string> | undefined {
  const pattern = mask
    .split(/(<service>|<tag>)/)
    .map((part) => (/^<\w+>$/.test(part) ? `(?${part}[a-z0-9-]+)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  const found = new RegExp(`^${pattern}${end}`).exec(text);
  return found === null ? undefined : { ...found.groups };
}

function notFound({ by }: UrlMask, body: string): EdgeAnswer {
  const act: StagedAct = { ...by, effect: `answers 404: ${body}`, fact: "S11", stage: "neg" };
  return { status: 404, headers: [], body, by: act };
}
