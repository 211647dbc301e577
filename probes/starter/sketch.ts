/** One route as it will be written. */
export interface SketchRoute {
  readonly host: string;
  readonly paths: readonly string[];
  readonly service: string;
  readonly websocket: boolean;
  readonly headers: readonly string[];
}

export interface SketchHeader {
  readonly id: string;
  readonly name: string;
  readonly arrives: "unchanged" | "present" | "appended" | "never" | { readonly set: string };
  /** Why it is declared so. */
  readonly because: string;
}

/** What a configuration tells of a contract, before it is text. */
export interface Sketch {
  readonly source: string;
  readonly name: string;
  /** The stack that the configuration was synthesized as: the gate looks for an environment of its name. */
  readonly stack: string | undefined;
  readonly domain: string;
  readonly project: string | undefined;
  readonly region: string | undefined;
  /** Id → Terraform address. */
  readonly services: ReadonlyMap<string, string>;
  readonly headers: readonly SketchHeader[];
  readonly routes: readonly SketchRoute[];
  /** What could not be told, a sentence each. */
  readonly open: readonly string[];
}
