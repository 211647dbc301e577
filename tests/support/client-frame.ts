/** A frame as a client sends it, masked, byte for byte as it is asked for (RFC 6455 §5.2); legal or not. */
export function clientFrame(
  opcode: number,
  payload: string | Buffer,
  { isFinal = true }: { readonly isFinal?: boolean } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const extra = bytes.length < 126 ? 0 : bytes.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (extra === 0 ? bytes.length : extra === 2 ? 126 : 127);
  if (extra === 2) head.writeUInt16BE(bytes.length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, mask, bytes.map((byte, index) => byte ^ mask[index % 4]!)]);
}
