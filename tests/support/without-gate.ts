import { edgeOf } from "./reference.ts";
import type { Json } from "./reference.ts";

const GATE = "terraform_data.headgate-gate";
const LIVE = "terraform_data.headgate-live";

/**
 * A synthesized stack as it would be without its gate, for tests about what it builds.
 * @throws Error when a resource of Google does not wait for the gate; where there is a preview edge, when one that is not
 * the preview edge's own does not wait for a live proof.
 */
export function withoutGate(terraform: Json): Json {
  const copy: Json = structuredClone(terraform);
  for (const [type, resources] of Object.entries<Record<string, Json>>(copy.resource)) {
    if (!type.startsWith("google_")) continue;
    for (const [id, body] of Object.entries(resources)) {
      const waits: string[] = body.depends_on ?? [];
      if (!waits.includes(GATE)) throw new Error(`${type}.${id} does not wait for the gate`);
      const isGuarded = copy.resource.terraform_data["headgate-live"] !== undefined && edgeOf(id) === "public";
      if (waits.includes(LIVE) !== isGuarded)
        throw new Error(`${type}.${id} ${isGuarded ? "does not wait" : "waits"} for a live proof`);
      body.depends_on = waits.filter((each) => each !== GATE && each !== LIVE);
      if (body.depends_on.length === 0) delete body.depends_on;
    }
  }
  for (const id of ["headgate-gate", "headgate-live", "headgate-first"]) delete copy.resource.terraform_data[id];
  if (Object.keys(copy.resource.terraform_data).length === 0) delete copy.resource.terraform_data;
  delete copy.locals;
  delete copy.check;
  delete copy.variable;
  return copy;
}
