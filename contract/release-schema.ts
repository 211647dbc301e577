import * as z from "zod";
import { liveProof } from "./live-proof.ts";
import { instant } from "./receipt-terms.ts";
import { edge, environment, service } from "./schema-infrastructure.ts";
import { id, imageReference, text } from "./schema-terms.ts";
import { header, route } from "./schema.ts";

const place = environment.shape;
const run = service.shape;

/** A secret as it stands in a contract that was read: the version is text. */
const secret = z.strictObject({ secret: text, version: z.string().regex(/^[1-9]\d*$/, "a version is a number") });
const milliseconds = z.int().min(0);

const arrives = z.union(
  [
    z.strictObject({ kind: z.enum(["unchanged", "present", "appended", "never"]) }),
    z.strictObject({ kind: z.literal("set"), pattern: text }),
  ],
  "is no way to arrive",
);

/**
 * The canonical contract that a release holds (`CanonicalContract`): what was read and filled in once, so nothing has a
 * default here, and everything that the stacks look at must stand in it.
 */
const canonicalContract = z.strictObject({
  name: id,
  environment: z.strictObject({
    id,
    project: place.project,
    region: place.region,
    domain: place.domain,
    promotion: place.promotion.unwrap(),
    dns: place.dns.unwrap(),
    certificates: place.certificates.unwrap(),
    state: place.state.unwrap(),
    deletionProtection: z.boolean(),
    preview: z
      .strictObject({ allow: z.array(text).min(1), witness: z.strictObject({ image: imageReference, key: secret }) })
      .optional(),
  }),
  headers: z.record(
    id,
    z.strictObject({
      id,
      name: header.shape.name,
      send: header.shape.send,
      value: header.shape.value,
      answer: header.shape.answer,
      arrives,
    }),
  ),
  services: z.record(
    id,
    z.strictObject({
      id,
      address: run.address,
      image: run.image,
      port: run.port.unwrap(),
      timeoutMs: milliseconds,
      concurrency: run.concurrency.unwrap(),
      cpu: run.cpu.unwrap(),
      memory: run.memory.unwrap(),
      minInstances: z.int().min(0),
      maxInstances: z.int().min(1),
      sessionAffinity: z.boolean(),
      health: run.health,
      access: run.access.unwrap(),
      invokers: z.array(text),
      env: z.record(z.string(), z.string()),
      secrets: z.record(z.string(), secret),
      vpc: z
        .strictObject({ network: text, subnetwork: text, egress: z.enum(["private-ranges", "all-traffic"]) })
        .optional(),
      cdn: z.boolean(),
      witness: run.witness.unwrap(),
    }),
  ),
  edge: z.strictObject({
    waf: edge.shape.waf.unwrap(),
    rateLimit: z.strictObject({ requests: z.int().min(1), perSeconds: z.int().min(1) }),
    requestLogging: edge.shape["request-logging"].unwrap(),
  }),
  routes: z
    .array(
      z.strictObject({
        id: text,
        host: route.shape.host,
        paths: route.shape.paths,
        service: id,
        protocol: route.shape.protocol.unwrap(),
        clients: route.shape.clients.unwrap(),
        headers: z.array(id),
        lifetimeMs: milliseconds.optional(),
      }),
    )
    .min(1, "must list at least one route"),
});

const generation = z.string().regex(/^[0-9a-f]{8}$/, "a generation is eight hexadecimal digits");

/** Schema that is written. The one before it is read: its entries have no proof, and no end of what is kept. */
export const RELEASE_SCHEMA = "headgate-release/2";
const READ = ["headgate-release/1", RELEASE_SCHEMA] as const;

/** One entry of a release file, but for what its contract holds. */
const entry = z.strictObject({
  stamp: z.string(),
  tool: z.string(),
  generations: z.record(z.string(), generation),
  contract: z.record(z.string(), z.unknown()),
  proof: liveProof.optional(),
});
const keptEntry = entry.extend({ until: instant.optional(), withdrawn: z.literal(true).optional() });

export type WrittenEntry = z.infer<typeof entry>;

/** What the stacks write of a candidate: an entry that nobody has probed yet. */
export const candidateFile = entry.omit({ proof: true });

/** The release file; each entry's contract is looked at with the environment that is asked for. */
export const releaseFile = z.strictObject({
  schema: z.enum(READ, `the schemas are ${READ.join(" and ")}`),
  environments: z.record(z.string(), z.strictObject({ live: entry, kept: z.array(keptEntry).default([]) })),
});

/**
 * What is first found wrong in an entry's contract, with the path inside the entry; undefined where the stacks can build
 * from it: every part has its shape, and whatever names another part finds it.
 */
export function entryProblem(written: WrittenEntry): { path: (string | number)[]; message: string } | undefined {
  const parsed = canonicalContract.safeParse(written.contract);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { path: ["contract", ...((issue?.path ?? []) as (string | number)[])], message: issue?.message ?? "" };
  }
  const { services, headers, routes } = parsed.data;
  const dangling = [
    ...Object.keys(services)
      .filter((service) => !Object.hasOwn(written.generations, service))
      .map((service) => ({ path: ["generations"], message: `names no generation of service ${service}` })),
    ...routes.flatMap(({ service, headers: carried }, index) => [
      ...(Object.hasOwn(services, service) ? [] : [missing(["routes", index, "service"], "services")]),
      ...carried.flatMap((header, position) =>
        Object.hasOwn(headers, header) ? [] : [missing(["routes", index, "headers", position], "headers")],
      ),
    ]),
  ];
  return dangling[0];
}

function missing(path: (string | number)[], kind: string): { path: (string | number)[]; message: string } {
  return { path: ["contract", ...path], message: `no such entry under ${kind}` };
}
