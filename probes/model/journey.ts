import type { Unknown } from "../facts/provenance.ts";
import type { EdgeRequest, Trace } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { EdgeModel, Listener, Product, UrlMap } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";

/** What becomes of a request; its headers are told by the flow. */
export type End = Omit<Trace, "headers" | "dependsOn" | "notes"> & { readonly notes?: readonly string[] };

/** A request on its way, from the listener on. */
export interface Journey {
  readonly model: EdgeModel;
  readonly request: EdgeRequest;
  readonly flow: HeaderFlow;
  readonly asked: Oracle;
  readonly listener: Listener;
  readonly product: Product;
  readonly map: UrlMap;
  /** What chance drew for the choice of a backend: the request's own draw, or one of those that are tried in turn. */
  readonly draw: number | undefined;
  readonly unknowns: readonly Unknown[];
}
