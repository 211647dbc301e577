import type { Contract, Environment } from "../contract/contract.ts";
import type { Problem } from "../contract/problem.ts";
import { generationOf } from "./generation.ts";

/** Longest names that Google Cloud takes: a Cloud Run service, and a prefix that leaves room for what is appended. */
const MAX = { service: 49, tagged: 36, prefix: 40 };

/** Description of every resource that takes one. */
export function descriptionOf({ name }: Contract, { id }: Environment): string {
  return `Headgate contract ${name}, environment ${id}`;
}

/** Labels of every resource that takes labels. */
export function labelsOf({ name }: Contract, { id }: Environment): Record<string, string> {
  return { "headgate-contract": name, "headgate-environment": id };
}

/** Prefix of every resource name of an environment. */
export function prefixOf({ name }: Contract, { id }: Environment): string {
  return `${name}-${id}`;
}

/** Name of a path matcher: readable, and never the same for two hosts. */
export function matcherName(host: string): string {
  const readable = host.replaceAll(".", "-").slice(0, 48).replace(/-+$/, "");
  return `host-${readable}-${generationOf(host)}`;
}

interface RunName {
  readonly name: string;
  /** The declared service, or the one in whose place a witness stands. */
  readonly service: string;
  /** Characters that Cloud Run takes for it. */
  readonly longest: number;
}

/** Names of the Cloud Run services that an environment makes, witnesses of the preview edge included. */
export function runNames(contract: Contract, environment: Environment): RunName[] {
  const prefix = prefixOf(contract, environment);
  const isPreview = environment.promotion === "preview";
  return Object.values(contract.services).flatMap(({ id, witness }) => [
    // Where generations stand side by side each has a tag, and Cloud Run takes 46 characters for name and tag together.
    { name: `${prefix}-${id}`, service: id, longest: isPreview ? MAX.tagged : MAX.service },
    ...(isPreview && witness === "service"
      ? [{ name: witnessName(prefix, id), service: id, longest: MAX.service }]
      : []),
  ]);
}

export function witnessName(prefix: string, service: string): string {
  return `${prefix}-${service}-witness`;
}

/** Names that are too long for Google Cloud, and names that two environments of one project would fight for. */
export function nameProblems(contract: Contract, environment: Environment): Problem[] {
  const prefix = prefixOf(contract, environment);
  const own = runNames(contract, environment);
  const rivals = Object.values(contract.environments)
    .filter(
      ({ id, project, region }) =>
        id !== environment.id && project === environment.project && region === environment.region,
    )
    .flatMap((other) => runNames(contract, other).map(({ name }) => ({ name, environment: other.id })));
  return [
    ...(prefix.length > MAX.prefix
      ? [
          problem(
            environment.at,
            `environments.${environment.id}`,
            "makes resource names longer than 63 characters",
            prefix,
          ),
        ]
      : []),
    ...sharedPrefixes(contract, environment),
    ...own.flatMap(({ name, service, longest }, index) => {
      const { at } = contract.services[service]!;
      const rival = rivals.find((each) => each.name === name);
      const twin = own.findIndex((each) => each.name === name);
      const path = `services.${service}`;
      if (name.length > longest)
        return [problem(at, path, `makes a Cloud Run service name longer than ${longest} characters`, name)];
      if (rival !== undefined)
        return [
          problem(at, path, `makes a Cloud Run service name that environment ${rival.environment} has too`, name),
        ];
      if (twin < index)
        return [problem(at, path, `makes the same Cloud Run service name as service ${own[twin]!.service}`, name)];
      return [];
    }),
  ];
}

/** Environments of the same project whose prefix is the name of this one's preview edge or of a redirect. */
function sharedPrefixes(contract: Contract, environment: Environment): Problem[] {
  const prefix = prefixOf(contract, environment);
  const preview = `${prefix}-preview`;
  const own = [`${prefix}-redirect`, ...(environment.promotion === "preview" ? [preview, `${preview}-redirect`] : [])];
  return Object.values(contract.environments)
    .filter((other) => other.project === environment.project && own.includes(prefixOf(contract, other)))
    .map((other) =>
      problem(
        other.at,
        `environments.${other.id}`,
        `makes resource names that environment ${environment.id} has too`,
        prefixOf(contract, other),
      ),
    );
}

function problem(at: Problem["at"], path: string, message: string, value: string): Problem {
  return { at, path, message, value };
}
