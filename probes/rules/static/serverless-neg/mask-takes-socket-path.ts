import type { Backend, BackendGroup } from "../../../model/edge-model.ts";
import { readMask } from "../../../model/stage-neg.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { socketBackends } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";
import { sampleOf } from "../ways.ts";

export const maskTakesSocketPath = defineStaticRule({
  id: "mask-takes-socket-path",
  title: "a URL mask reads the name of a service out of a socket's path",
  severity: "error",
  found: "run",
  because: "The mask takes `/ws` for a service of that name, or fits no such URL at all: either is a 404.",
  fix: "Name the service in the NEG, or read its name out of the host: `<service>.example.com`.",
  sources: ["S11"],
  options: [
    { what: "Send the sockets' path to a NEG that names its service", effort: "minutes", risk: "low" },
    { what: "Read the service out of the host: `<service>.example.com`", effort: "days", risk: "medium" },
  ],
  check: (subject) => socketBackends(subject).flatMap(({ item, ways }) => said(item, ways)),
});

type Mask = Extract<BackendGroup, { kind: "mask" }>;

function said({ groups }: Backend, ways: readonly SocketWay[]): Said[] {
  return groups.flatMap((group) => {
    if (group.kind !== "mask") return [];
    const all = ways.flatMap((way) => trouble(group, way));
    return all.slice(0, 1);
  });
}

function trouble({ mask, services, by }: Mask, { host, path }: SocketWay): Said[] {
  const isAtPath = mask.text.includes("/");
  const isHostOpen = host === undefined || host.includes("*");
  if (!isAtPath || (isHostOpen && !mask.text.startsWith("/"))) return [];
  const named = readMask(mask.text, host ?? "", sampleOf(path));
  if (named === undefined) return [found(by, `${path} does not fit the mask ${mask.text}, which answers 404`)];
  const isWritten = path.split(/[/*]/).includes(named.service);
  if (!isWritten || services.some(({ name }) => name === named.service)) return [];
  return [
    found(by, `the mask ${mask.text} takes ${path} for service ${named.service}, which is not here`, {
      dependsOn: "service-of-a-mask",
    }),
  ];
}
