import { Decoder, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { conform, isBody, Unknown, UNKNOWN } from "./value.ts";
import type { Body, Value } from "./value.ts";
import type { Block } from "./schema.ts";

/** A value as the plugin protocol carries it. */
export interface WireValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

/** cty writes an unknown value as extension 0, and as 12 when it knows something about it. */
const PLAIN_UNKNOWN = 0;
const REFINED_UNKNOWN = 12;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: PLAIN_UNKNOWN,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({ type: REFINED_UNKNOWN, encode: () => null, decode: () => UNKNOWN });

export function encodeValue(block: Block, body: Body | null): WireValue {
  return { msgpack: new Encoder({ extensionCodec }).encode(body === null ? null : exact(conform(block, body))) };
}

export function decodeValue(block: Block, value: WireValue | null | undefined): Body | null {
  if (value?.msgpack === undefined || value.msgpack.length === 0) return null;
  const body = new Decoder({ extensionCodec }).decode(value.msgpack) as Value;
  return body === null ? null : conform(block, body as Body);
}

/** Terraform counts in decimals: 0.1 travels as text, because the nearest binary fraction would be another number. */
function exact(value: Value): Value {
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(exact);
  return isBody(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exact(each)])) : value;
}
