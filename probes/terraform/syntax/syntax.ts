/** Where a piece of a configuration stands; line and column from 1, the column in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901), for what was read from JSON. */
  readonly pointer?: string;
}

interface Node {
  readonly at: Place;
  /** As it is written. */
  readonly text: string;
}

/** An expression of Terraform's language, however the file spells it (HCL, or a JSON text with `${…}`). */
export type Expression = Node &
  (
    | { readonly kind: "literal"; readonly value: string | number | boolean | null }
    /** A text of several parts; a part that is a plain text is a literal. */
    | { readonly kind: "template"; readonly parts: readonly Expression[] }
    /** `%{ if … }` inside a text. */
    | {
        readonly kind: "template-if";
        readonly condition: Expression;
        readonly yes: Expression;
        readonly no: Expression | undefined;
      }
    /** `%{ for … }` inside a text. */
    | {
        readonly kind: "template-for";
        readonly key: string | undefined;
        readonly item: string;
        readonly over: Expression;
        readonly body: Expression;
      }
    /** The first name of a traversal: `var`, `local`, `each`, a resource type, a name that a `for` binds. */
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "attribute"; readonly of: Expression; readonly name: string }
    | { readonly kind: "index"; readonly of: Expression; readonly key: Expression }
    /** `of[*].a.b` (full) or `of.*.a` (not full): the steps are applied to each item, `each-item` standing for it. */
    | { readonly kind: "splat"; readonly of: Expression; readonly each: Expression; readonly full: boolean }
    | { readonly kind: "each-item" }
    | {
        readonly kind: "call";
        readonly name: string;
        readonly args: readonly Expression[];
        /** The last argument is a list that stands for the rest: `f(list...)`. */
        readonly expands: boolean;
      }
    | {
        readonly kind: "conditional";
        readonly condition: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
    | { readonly kind: "unary"; readonly operator: "!" | "-"; readonly operand: Expression }
    | {
        readonly kind: "binary";
        readonly operator: "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||";
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: "tuple"; readonly items: readonly Expression[] }
    | { readonly kind: "object"; readonly entries: readonly ObjectEntry[] }
    | {
        readonly kind: "for";
        readonly key: string | undefined;
        readonly item: string;
        readonly over: Expression;
        /** Given: the result is an object; else a tuple. */
        readonly keyOf: Expression | undefined;
        readonly valueOf: Expression;
        /** `...` after the value: values of one key are grouped. */
        readonly groups: boolean;
        readonly condition: Expression | undefined;
      }
  );

export interface ObjectEntry {
  /** A bare name is a literal, as in HCL; `(name)` is an expression. */
  readonly key: Expression;
  readonly value: Expression;
}

export interface Attribute {
  readonly kind: "attribute";
  readonly name: string;
  readonly value: Expression;
  readonly at: Place;
}

export interface Block {
  readonly kind: "block";
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: Body;
  readonly at: Place;
}

/**
 * A block's inside, in file order. In JSON a nested block cannot be told from an attribute that is an object or a list of
 * objects: it stands as an attribute, and whoever reads a body takes either.
 */
export interface Body {
  readonly items: readonly (Attribute | Block)[];
  readonly at: Place;
  /** Comments, for what is written beside the configuration; none in JSON. */
  readonly comments?: readonly Comment[];
  /** What CDKTF writes beside a block, under `//`: the path of the construct that made it. */
  readonly metadata?: { readonly path: string };
}

export interface Comment {
  /** Without its marks. */
  readonly text: string;
  readonly at: Place;
}

/** One configuration file. The blocks of the top level are blocks in JSON too. */
export interface SourceFile {
  readonly file: string;
  readonly body: Body;
  /** `x_override.tf` and `override.tf` are merged over the others. */
  readonly isOverride: boolean;
}
