import type { Emulator } from "../emulator/start.ts";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { isPreview } from "../pipeline/approach.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import type { StandIn } from "./backends.ts";

export interface Welcome {
  readonly source: string;
  readonly model: EdgeModel;
  readonly standIns: readonly StandIn[];
  readonly hasWitness: boolean;
  readonly emulator: Pick<Emulator, "ports" | "ca">;
  readonly options: {
    readonly host: string;
    readonly caOut?: string;
    readonly clientAddress?: string;
    /** Seconds. */
    readonly timeout: number;
    readonly watch?: boolean;
  };
  /** SHA-256 of the certificate's public key, in base64. */
  readonly pin?: string;
}

/** What a person is told when the edge stands: where it listens, what stands behind it, how to reach it by its names. */
export function welcome(all: Welcome): string {
  const { source, model, standIns, hasWitness, options } = all;
  const edge = model.edge === undefined ? "" : ` (${model.edge})`;
  const bare = (name: string): string =>
    hasWitness ? "the built-in witness" : `503: --backend ${name}=http://HOST:PORT`;
  return [
    `headgate emulate  ${source}  ${model.name}${edge}`,
    ...addresses(all).map(([scheme, url]) => `  ${scheme.padEnd(8)}${url}`),
    ...standIns.map(({ name, backend }) => `  ${"service".padEnd(8)}${name} → ${backend?.url ?? bare(name)}`),
    `  ${"limit".padEnd(8)}a backend that does not answer within ${options.timeout} s is a 504`,
    ...closed(all),
    ...(options.watch === true ? [`  ${"watch".padEnd(8)}${source} is read again when it changes`] : []),
    ...hints(all),
    "ready; Ctrl-C ends it",
    "",
  ].join("\n");
}

/** What opens a preview edge: the value that Terraform draws is not known here, and its stand-in is. */
const OPENER = `${PREVIEW_HEADER}: ${PLACEHOLDER}`;

/** A preview edge answers 404 to everybody else, and a person would look for the fault elsewhere. */
function closed({ model, options: { clientAddress } }: Welcome): string[] {
  if (!isPreview(model)) return [];
  const from = clientAddress ?? "an address that the contract allows, which --client-address gives";
  return [`  ${"closed".padEnd(8)}404 but for requests with '${OPENER}' from ${from}`];
}

function addresses({ emulator: { ports, ca }, options: { host } }: Welcome): [string, string][] {
  const at = host.includes(":") ? `[${host}]` : host;
  const { https, http } = ports;
  return [
    ...(https === undefined
      ? []
      : [
          [
            "https",
            `${ca === undefined ? "http" : "https"}://${at}:${https}${ca === undefined ? "  (clear text)" : ""}`,
          ] as [string, string],
        ]),
    ...(http === undefined ? [] : [["http", `http://${at}:${http}`] as [string, string]]),
  ];
}

/** The names are the edge's own: clients are told where to find them, and send what they would send to the real one. */
function hints({ model, emulator: { ports, ca }, options: { host, caOut }, pin }: Welcome): string[] {
  const names = [...new Set(model.listeners.flatMap(({ certificateNames }) => certificateNames))];
  const plain = names.filter((name) => !name.startsWith("*"));
  const [first] = plain;
  const { https } = ports;
  if (first === undefined || https === undefined) return [];
  const at = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const opener = isPreview(model) ? ` -H '${OPENER}'` : "";
  if (ca === undefined) return [`  ${"curl".padEnd(8)}curl -H 'Host: ${first}'${opener} http://${at}:${https}/`];
  const trust = caOut === undefined ? "--insecure" : `--cacert ${caOut}`;
  const rules = names.map((name) => `MAP ${name}:443 ${at}:${https}`).join(",");
  return [
    `  ${"curl".padEnd(8)}curl ${trust}${opener} --connect-to ${first}:443:${at}:${https} https://${first}/`,
    `  ${"browser".padEnd(8)}chromium --user-data-dir="$(mktemp -d)" --ignore-certificate-errors-spki-list=${pin ?? ""} --host-resolver-rules="${rules}" https://${first}/`,
  ];
}
