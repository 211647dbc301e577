/** A type of Terraform's language; `any` stands for one that is not known, or not asked for. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "any"
  | { readonly kind: "list" | "set" | "map"; readonly element: Type }
  | { readonly kind: "tuple"; readonly elements: readonly Type[] }
  | { readonly kind: "object"; readonly attributes: ReadonlyMap<string, Type> };

/** As Terraform's messages name it. */
export function typeName(type: Type): string {
  if (type === "any") return "dynamic";
  if (typeof type === "string") return type;
  if (type.kind === "tuple" || type.kind === "object") return type.kind;
  return `${type.kind} of ${typeName(type.element)}`;
}

export function sameType(left: Type, right: Type): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  if (left.kind === "tuple")
    return (
      right.kind === "tuple" &&
      left.elements.length === right.elements.length &&
      left.elements.every((each, index) => sameType(each, right.elements[index]!))
    );
  if (left.kind === "object")
    return (
      right.kind === "object" &&
      left.attributes.size === right.attributes.size &&
      [...left.attributes].every(([key, each]) => {
        const other = right.attributes.get(key);
        return other !== undefined && sameType(each, other);
      })
    );
  return right.kind === left.kind && sameType(left.element, right.element);
}

/** The one type that values of all these types can be converted to, or undefined. */
export function unify(types: readonly Type[]): Type | undefined {
  const known = types.filter((type) => type !== "any");
  const [first] = known;
  if (first === undefined) return "any";
  if (known.every((type) => sameType(type, first))) return first;
  if (known.every((type) => typeof type === "string")) return unifyPrimitives(known);
  const compound = known.filter((type) => typeof type !== "string");
  if (compound.length < known.length) return undefined;
  const kinds = new Set(compound.map(({ kind }) => kind));
  const only = (...allowed: string[]): boolean => [...kinds].every((kind) => allowed.includes(kind));
  if (only("object")) return unifyObjects(compound);
  if (only("object", "map")) return unifyElements("map", compound);
  if (only("tuple")) return unifyTuples(compound);
  if (only("tuple", "list")) return unifyElements("list", compound);
  if (only("tuple", "list", "set")) return unifyElements(kinds.has("list") ? "list" : "set", compound);
  return undefined;
}

type Compound = Exclude<Type, string>;

function unifyPrimitives(types: readonly Type[]): Type | undefined {
  return types.includes("string") ? "string" : undefined;
}

function elementsOf(type: Compound): readonly Type[] {
  if (type.kind === "tuple") return type.elements;
  return type.kind === "object" ? [...type.attributes.values()] : [type.element];
}

function unifyElements(kind: "list" | "set" | "map", types: readonly Compound[]): Type | undefined {
  const element = unify(types.flatMap(elementsOf));
  return element === undefined ? undefined : { kind, element };
}

function unifyTuples(types: readonly Compound[]): Type | undefined {
  const tuples = types.flatMap((type) => (type.kind === "tuple" ? [type.elements] : []));
  const length = tuples[0]!.length;
  if (!tuples.every((each) => each.length === length)) return unifyElements("list", types);
  const elements = tuples[0]!.map((_, index) => unify(tuples.map((each) => each[index]!)));
  return elements.every((each) => each !== undefined) ? { kind: "tuple", elements } : undefined;
}

function unifyObjects(types: readonly Compound[]): Type | undefined {
  const objects = types.flatMap((type) => (type.kind === "object" ? [type.attributes] : []));
  const [first] = objects;
  const isSame = objects.every((each) => each.size === first!.size && [...each.keys()].every((key) => first!.has(key)));
  if (!isSame) return unifyElements("map", types);
  const unified = [...first!.keys()].map((key) => [key, unify(objects.map((each) => each.get(key)!))] as const);
  const attributes = new Map(unified.flatMap(([key, type]) => (type === undefined ? [] : [[key, type] as const])));
  return attributes.size === unified.length ? { kind: "object", attributes } : undefined;
}
