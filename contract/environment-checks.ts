import { own } from "./contract.ts";
import type { Report } from "./header-checks.ts";
import { danglingProblem } from "./header-checks.ts";
import type { Path } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { variableProblems } from "./service-checks.ts";
import { valueText } from "./shape-problems.ts";
import type { Section, WellFormed } from "./well-formed.ts";

type EnvironmentFile = Section<"environments">;

/** Problems inside one environment, and of every service as this environment runs it. */
export function environmentProblems(
  id: string,
  environment: EnvironmentFile,
  parts: WellFormed,
  report: Report,
): Problem[] {
  const overrides = Object.entries(environment.services);
  return [
    ...previewProblems(id, environment, report),
    ...overrides.flatMap(([service, override]) => [
      ...danglingProblem(["environments", id, "services", service], service, "services", parts, report),
      ...variableProblems(override.env ?? {}, override.secrets ?? {}, (path, message, value) =>
        report(["environments", id, "services", service, ...path], message, { value: valueText(value) }),
      ),
      ...sourceProblems(["environments", id, "services", service], override, parts.services.get(service), report),
    ]),
    ...[...parts.services].flatMap(([service, declared]) => [
      ...requiredProblems(id, environment, service, declared, report),
      ...scalingProblems(id, environment, service, declared, parts, report),
    ]),
  ];
}

function previewProblems(id: string, { promotion, preview }: EnvironmentFile, report: Report): Problem[] {
  if (promotion === "preview" && preview === undefined)
    return [
      report(["environments", id, "promotion"], "needs `preview`: who may reach the preview edge, and its witness", {
        value: valueText(promotion),
      }),
    ];
  if (promotion === "direct" && preview !== undefined)
    return [report(["environments", id, "preview"], "goes with promotion: preview only")];
  return [];
}

/** An override replaces a value, and cannot turn a value into a secret: the service would have both. */
function sourceProblems(
  path: Path,
  { env, secrets }: EnvironmentFile["services"][string],
  declared: Section<"services"> | undefined,
  report: Report,
): Problem[] {
  const twice = (own: "env" | "secrets", other: "env" | "secrets", names: readonly string[]): Problem[] =>
    names
      .filter((name) => Object.hasOwn(declared?.[other] ?? {}, name))
      .map((name) =>
        report([...path, own, name], `stands under ${other} of the service; a variable has one source`, {
          value: valueText(name),
        }),
      );
  return [...twice("env", "secrets", Object.keys(env ?? {})), ...twice("secrets", "env", Object.keys(secrets ?? {}))];
}

function requiredProblems(
  id: string,
  environment: EnvironmentFile,
  service: string,
  declared: Section<"services">,
  report: Report,
): Problem[] {
  const override = own(environment.services, service);
  const given = [declared.env, declared.secrets, override?.env, override?.secrets].flatMap((each) =>
    Object.keys(each ?? {}),
  );
  return (declared.required ?? []).flatMap((name, index) =>
    given.includes(name)
      ? []
      : [
          report(["services", service, "required", index], `has no value in environment ${id}`, {
            value: valueText(name),
          }),
        ],
  );
}

/** An open socket holds one slot of one instance for as long as it lives (facts R1, R6). */
function scalingProblems(
  id: string,
  environment: EnvironmentFile,
  service: string,
  declared: Section<"services">,
  { routes, budgets }: WellFormed,
  report: Report,
): Problem[] {
  const override = own(environment.services, service);
  const min = override?.["min-instances"] ?? declared["min-instances"];
  const max = override?.["max-instances"] ?? declared["max-instances"];
  const at =
    override?.["max-instances"] === undefined ? ["services", service] : ["environments", id, "services", service];
  const scales = override?.["min-instances"] !== undefined || override?.["max-instances"] !== undefined;
  if (min > max && scales)
    return [
      report(["environments", id, "services", service], `min-instances ${min} is more than max-instances ${max}`),
    ];
  const sockets = budgets?.["concurrent-sockets"];
  const holds = max * declared.concurrency;
  const takesSockets = routes.some(({ route }) => route.service === service && route.protocol === "websocket");
  if (!takesSockets || sockets === undefined || holds >= sockets) return [];
  return [
    report(
      [...at, "max-instances"],
      `${max} instances of ${declared.concurrency} requests hold ${holds} sockets in ${id}, and budgets.concurrent-sockets is ${sockets}`,
      { value: valueText(max) },
    ),
  ];
}
