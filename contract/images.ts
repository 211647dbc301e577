import { existsSync } from "node:fs";
import type { Contract, Position } from "./contract.ts";
import { readText } from "./load.ts";
import { parseLocated } from "./locate.ts";
import { ContractError, nearest } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { imageReference } from "./schema-terms.ts";

/** File beside the contract that a build writes: service → image by digest. */
export const IMAGES_FILE = "images.json";

export interface ImageSource {
  /** Values of `--image`, each `SERVICE=IMAGE@sha256:…`; they beat the file. */
  readonly options: readonly string[];
  /** File that need not exist. */
  readonly file: string;
}

interface NamedImage {
  readonly service: string;
  readonly image: unknown;
  readonly at: Position;
}

/**
 * The contract with the images that a build named: `images.json` beats the contract, `--image` beats both.
 * @throws ContractError for an unknown service and for an image that is no digest.
 */
export function withImages(contract: Contract, { options, file }: ImageSource): Contract {
  const named = [...imagesOfFile(file), ...options.map(imageOfOption)];
  const problems = [...named.flatMap((one) => problemOf(one, contract)), ...namedTwice(options)];
  if (problems.length > 0) throw new ContractError(problems);
  const images = new Map(named.map(({ service, image }) => [service, String(image)]));
  const services = Object.entries(contract.services).map(([id, service]) => [
    id,
    images.has(id) ? { ...service, image: images.get(id)! } : service,
  ]);
  return { ...contract, services: Object.fromEntries(services) as Contract["services"] };
}

/** Two images for one service on one command line: nobody could tell which was meant. */
function namedTwice(options: readonly string[]): Problem[] {
  const named = options.map(imageOfOption);
  return named
    .filter(({ service }, index) => named.findIndex((other) => other.service === service) < index)
    .map(({ service, image, at }) => ({
      at,
      path: service,
      message: "is named twice",
      value: JSON.stringify(image) ?? "",
    }));
}

function imageOfOption(option: string, index: number): NamedImage {
  const equals = option.indexOf("=");
  const service = equals === -1 ? option : option.slice(0, equals);
  return {
    service,
    image: equals === -1 ? undefined : option.slice(equals + 1),
    at: { file: "--image", line: 1, column: index + 1 },
  };
}

function imagesOfFile(file: string): NamedImage[] {
  if (!existsSync(file)) return [];
  const json = parseLocated(readText(file), file);
  const fail = (at: Position, message: string): never => {
    throw new ContractError([{ at, path: "", message }]);
  };
  if (json.errors[0] !== undefined) fail(json.errors[0].at, `not valid JSON: ${json.errors[0].message}`);
  const { value } = json;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail(json.at([]), "must be an object: service → image by digest");
  return Object.entries(value as Record<string, unknown>).map(([service, image]) => ({
    service,
    image,
    at: json.keyAt([service]),
  }));
}

function problemOf({ service, image, at }: NamedImage, contract: Contract): Problem[] {
  const valid = Object.keys(contract.services);
  if (!valid.includes(service)) {
    const near = nearest(service, valid);
    return [
      {
        at,
        path: "",
        message: "no such service in the contract",
        value: JSON.stringify(service),
        valid,
        ...(near !== undefined && { nearest: near }),
      },
    ];
  }
  const parsed = imageReference.safeParse(image);
  return parsed.success
    ? []
    : [{ at, path: service, message: parsed.error.issues[0]!.message, value: JSON.stringify(image) ?? "(nothing)" }];
}
