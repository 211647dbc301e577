import { attribute, resourcesOfType } from "./graph.ts";
import type { Resource, ResourceGraph, Value } from "./graph.ts";

/** Name of the resource that carries the conditions, in the stacks and in the module for plain Terraform. */
const GATE = "headgate-gate";

/** Argument in which a gate says for which stack it is; the one of a synthesized stack says nothing, and is for that one. */
const STACK = "headgate_stack";

/** Resources that let nothing be planned without a receipt. */
export function gatesIn(graph: ResourceGraph): Resource[] {
  return resourcesOfType(graph, "terraform_data").filter(({ name }) => name === GATE);
}

/** The stack that a receipt has to speak of for this gate; undefined where the gate does not name one. */
export function stackOfGate({ body }: Resource): Value | undefined {
  const input = attribute(body, "input");
  return input === undefined ? undefined : attribute(input, STACK);
}
