import { sameName } from "../../../http/header-list.ts";
import type { Unknown } from "../../facts/provenance.ts";
import type { RunService } from "../../model/edge-model.ts";
import { declaredAs, headersOf } from "./declared.ts";
import type { DeclaredService } from "./declared.ts";
import type { Said, Subject } from "./define-rule.ts";
import { backendsBefore, runServices } from "./run-settings.ts";
import { socketServices } from "./sockets.ts";
import type { SocketWay } from "./sockets.ts";

/**
 * What is wrong with who may call a service. One service has one of these, so that one cause is said once. `browsers`: it
 * checks a token that browsers cannot send with a handshake; `app-token`: it refuses the token of its own application;
 * `access`: it checks what the contract says it does not, or the other way round.
 */
export type IamTrouble = {
  readonly service: RunService;
  readonly of: "browsers" | "app-token" | "access";
  readonly declared: DeclaredService | undefined;
  /** Why it is not certain. */
  readonly unsure: Unknown | undefined;
};

const KNOWN = new WeakMap<Subject, readonly IamTrouble[]>();

/** What a rule says of its kind of trouble. */
export function sayOf(subject: Subject, kind: IamTrouble["of"], say: (trouble: IamTrouble) => Said): Said[] {
  return iamTroubles(subject)
    .filter(({ of }) => of === kind)
    .map((trouble) => trouble.unsure ?? say(trouble));
}

/** Services whose IAM check does not go with their clients, or with what is declared of them. */
export function iamTroubles(subject: Subject): readonly IamTrouble[] {
  const known = KNOWN.get(subject);
  if (known !== undefined) return known;
  const ways = new Map(socketServices(subject).map(({ item, ways: own }) => [item.address, own]));
  const troubles = runServices(subject.edges).flatMap((service) => {
    const of = troubleOf(subject, service, ways.get(service.address));
    if (of === undefined) return [];
    return [{ service, of, declared: declaredAs(subject, service), unsure: service.iamCheck.unsure[0] }];
  });
  KNOWN.set(subject, troubles);
  return troubles;
}

function troubleOf(
  subject: Subject,
  service: RunService,
  ways: readonly SocketWay[] | undefined,
): IamTrouble["of"] | undefined {
  const declared = declaredAs(subject, service);
  const access = declared?.service.access;
  const hasIap = behindIap(subject, service);
  if (access === "iap") return hasIap === false ? "access" : undefined;
  if (!service.iamCheck.value) return access === "iam" ? "access" : undefined;
  // P5b: IAP shows a token of its own.
  if (hasIap !== false) return undefined;
  const opened = ways?.some(({ clients }) => clients?.includes("browser") ?? true) === true;
  if (opened && (declared === undefined || opensForBrowsers(declared))) return "browsers";
  if (access !== "app") return undefined;
  return carriesOwnToken(subject, declared!) ? "app-token" : "access";
}

/** Undefined where it cannot be told. */
function behindIap({ edges }: Subject, service: RunService): boolean | undefined {
  const all = [service.iap, ...backendsBefore(edges, service).map(({ iap }) => iap)];
  if (all.some((iap) => iap?.kind === "on")) return true;
  return all.some((iap) => iap?.kind === "unknown") ? undefined : false;
}

function opensForBrowsers({ routes }: DeclaredService): boolean {
  return routes.some(({ protocol, clients }) => protocol === "websocket" && clients.includes("browser"));
}

/** R11: beside a platform token of its own, `Authorization` is the application's. */
function carriesOwnToken(subject: Subject, declared: DeclaredService): boolean {
  const arriving = headersOf(subject, declared).filter(
    ({ arrives }) => arrives.kind !== "never" && arrives.kind !== "set",
  );
  const carries = (name: string): boolean => arriving.some((header) => sameName(header.name, name));
  return carries("Authorization") && !carries("X-Serverless-Authorization");
}
