import { createSocket } from "node:dgram";
import { once } from "node:events";

/** What a name server says of one name: its addresses by type, and for how long; `silent`: nothing at all. */
export type DnsAnswer =
  { readonly A?: readonly string[]; readonly AAAA?: readonly string[]; readonly ttl?: number } | "silent" | "refused";

const TYPES: Readonly<Record<number, "A" | "AAAA">> = { 1: "A", 28: "AAAA" };
const NAME_ERROR = 3;
const REFUSED = 5;

/** A name server on loopback over UDP (RFC 1035 §4). A name that is not in `zone` does not exist. */
export async function dnsServer(
  zone: Readonly<Record<string, DnsAnswer>>,
): Promise<{ readonly at: string; readonly close: () => Promise<void> }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = questionOf(query);
    const known = zone[name.toLowerCase()];
    if (known === "silent") return;
    const code = known === "refused" ? REFUSED : known === undefined ? NAME_ERROR : 0;
    const asked = TYPES[type];
    const found = typeof known === "object" && asked !== undefined ? (known[asked] ?? []) : [];
    const ttl = typeof known === "object" ? (known.ttl ?? 300) : 0;
    const records = found.map((address) => recordOf(type, address, ttl));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    at: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordOf(type: number, address: string, ttl: number): Buffer {
  const data = address.includes(":") ? ipv6Bytes(address) : Buffer.from(address.split(".").map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [left = "", right = ""] = address.split("::");
  const groups = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const gap = Array.from({ length: 8 - groups(left).length - groups(right).length }, () => "0");
  const all = [...groups(left), ...gap, ...groups(right)];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
