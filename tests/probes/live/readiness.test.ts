import { describe, expect, it } from "vitest";
import type { EdgeAt } from "../../../probes/facts/target.ts";
import { readiness } from "../../../probes/live/readiness.ts";
import type { HostReadiness, WantedAddresses } from "../../../probes/live/readiness.ts";
import { silentServer } from "../../support/broken-servers.ts";
import { dnsServer } from "../../support/dns-server.ts";
import type { DnsAnswer } from "../../support/dns-server.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";
import { runningEdge } from "../../support/running-edge.ts";

const opened = closeAfterEach();
const HOST = "api.example.com";
const IPV4 = "203.0.113.10";
const IPV6 = "2001:db8::10";

async function closedPort(): Promise<number> {
  const server = await silentServer();
  await server.close();
  return server.port;
}

/** An edge at a port of loopback, of which only this one name is looked at. */
function edgeOn(port: number, more: Partial<EdgeAt> = {}): EdgeAt {
  const pinned = { scheme: "https", address: "127.0.0.1", port } as const;
  return { env: "production", hosts: [HOST], stamp: "0".repeat(64), pinned, ...more };
}

async function ready(
  edge: EdgeAt,
  asked: { wanted?: WantedAddresses; servers?: readonly string[]; signal?: AbortSignal } = {},
): Promise<HostReadiness> {
  const { wanted = {}, servers = ["127.0.0.1:1"], signal = new AbortController().signal } = asked;
  const [found] = await readiness(edge, wanted, { servers, timeoutMs: 200 }, signal);
  return found!;
}

describe("the name of a host", () => {
  async function dnsOf(answer: DnsAnswer | undefined, wanted: WantedAddresses): Promise<[string, string]> {
    const server = opened(await dnsServer(answer === undefined ? {} : { [HOST]: answer }));
    const { dns, detail } = await ready(edgeOn(await closedPort()), { wanted, servers: [server.at] });
    return [dns, detail.split("; ").slice(0, -1).join("; ")];
  }

  it.each<[string, DnsAnswer, WantedAddresses]>([
    ["its address", { A: [IPV4] }, { ipv4: IPV4 }],
    ["both its addresses, in any form", { A: [IPV4], AAAA: ["2001:0db8:0:0::10"] }, { ipv4: IPV4, ipv6: IPV6 }],
  ])("is fine with %s", async (_, answer, wanted) => {
    expect(await dnsOf(answer, wanted)).toEqual(["ok", ""]);
  });

  it.each<[string, DnsAnswer | undefined, WantedAddresses, string, string]>([
    ["does not exist", undefined, { ipv4: IPV4 }, "missing", `${HOST} has no A record: create ${HOST}. A ${IPV4}`],
    [
      "lacks the record for IPv6",
      { A: [IPV4] },
      { ipv4: IPV4, ipv6: IPV6 },
      "missing",
      `${HOST} has no AAAA record: create ${HOST}. AAAA ${IPV6}`,
    ],
    [
      "leads elsewhere",
      { A: ["198.51.100.1"], ttl: 120 },
      { ipv4: IPV4 },
      "elsewhere",
      `${HOST} A is 198.51.100.1: make it ${IPV4}, and wait up to 120 s until resolvers have forgotten the other`,
    ],
    [
      "leads elsewhere for some",
      { A: [IPV4, "198.51.100.1"], ttl: 60 },
      { ipv4: IPV4 },
      "elsewhere",
      `${HOST} A is ${IPV4}, 198.51.100.1: make it ${IPV4}, and wait up to 60 s until resolvers have forgotten the other`,
    ],
    [
      "leads elsewhere for those with IPv6",
      { A: [IPV4], AAAA: [IPV6] },
      { ipv4: IPV4 },
      "elsewhere",
      `${HOST} AAAA is ${IPV6}, and the edge has no such address: delete the record`,
    ],
    [
      "lacks one record and has a wrong one",
      { A: ["198.51.100.1"], ttl: 60 },
      { ipv4: IPV4, ipv6: IPV6 },
      "elsewhere",
      `${HOST} A is 198.51.100.1: make it ${IPV4}, and wait up to 60 s until resolvers have forgotten the other; ${HOST} has no AAAA record: create ${HOST}. AAAA ${IPV6}`,
    ],
    [
      "is not told by a silent server",
      "silent",
      { ipv4: IPV4 },
      "unanswered",
      `no name server answered for ${HOST} A (ETIMEOUT)`,
    ],
    [
      "is not told by a server that refuses",
      "refused",
      { ipv4: IPV4 },
      "unanswered",
      `no name server answered for ${HOST} A (EREFUSED)`,
    ],
  ])("that %s is said with what to do", async (_, answer, wanted, state, detail) => {
    expect(await dnsOf(answer, wanted)).toEqual([state, detail]);
  });

  it("is not asked for where the edge is pinned and no address is wanted", async () => {
    const { dns } = await ready(edgeOn(await closedPort()));
    expect(dns).toBe("not-asked");
  });

  it("may be any where none is wanted", async () => {
    const server = opened(await dnsServer({ [HOST]: { AAAA: ["::1"] } }));
    const { pinned: _, ...unpinned } = edgeOn(0);
    const signal = AbortSignal.timeout(1000);
    expect((await ready(unpinned, { servers: [server.at], signal })).dns).toBe("ok");
    expect((await ready({ ...unpinned, hosts: ["other.invalid"] }, { servers: [server.at], signal })).dns).toBe(
      "missing",
    );
  });
});

describe("the certificate of a host", () => {
  it("is fine where it names the host and an authority vouches for it", async () => {
    const edge = opened(await runningEdge("preview"));
    const found = await readiness(edge.at, {}, {}, new AbortController().signal);
    expect(found.map(({ host, tls, detail }) => `${tls} ${detail === `${host} is ready`}`)).toEqual([
      "ok true",
      "ok true",
      "ok true",
    ]);
  });

  it("is missing where it names others", async () => {
    const edge = opened(await runningEdge("preview"));
    const { tls, detail } = await ready({ ...edge.at, hosts: ["api.example.org"] });
    expect(tls).toBe("no-certificate-for-host");
    expect(detail).toMatch(/^127\.0\.0\.1:\d+ shows a certificate for other names than api\.example\.org: wait until /);
  });

  it("is missing where the handshake is broken off", async () => {
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.take(1);
        peer.socket.destroy();
      }),
    );
    const { tls, detail } = await ready(edgeOn(server.port));
    expect(tls).toBe("no-certificate-for-host");
    expect(detail).toMatch(/breaks the TLS handshake for api\.example\.com off/);
  });

  it("is not trusted where nobody vouches for it", async () => {
    const edge = opened(await runningEdge("preview"));
    const { ca: _, ...stranger } = edge.at;
    const { tls, detail } = await ready(stranger);
    expect(tls).toBe("untrusted");
    expect(detail).toContain("is not trusted");
  });

  it("is out of reach where nothing listens", async () => {
    const { tls, detail } = await ready(edgeOn(await closedPort()));
    expect(tls).toBe("unreachable");
    expect(detail).toContain("ECONNREFUSED");
  });

  it("is out of reach where the proxy opens no tunnel", async () => {
    const proxy = opened(
      await startRawServer(async (peer) => {
        await peer.requestHead();
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      }),
    );
    const pinned = { scheme: "https", address: IPV6, port: 443 } as const;
    const transport = { proxy: { address: "127.0.0.1", port: proxy.port } };
    const { tls, detail } = await ready(edgeOn(0, { pinned, transport }));
    expect(tls).toBe("unreachable");
    expect(detail).toMatch(/^\[2001:db8::10\]:443 cannot be reached: .*403/);
  });

  it("cannot be judged with a client certificate that is none", async () => {
    const transport = { client: { certificate: "no PEM", key: "no PEM" } };
    const { tls, detail } = await ready(edgeOn(await closedPort(), { transport }));
    expect(tls).toBe("untrusted");
    expect(detail).toContain("cannot be used");
  });

  it("is not waited for longer than the run takes", async () => {
    const server = opened(await silentServer());
    const { tls, detail } = await ready(edgeOn(server.port), { signal: AbortSignal.timeout(300) });
    expect(tls).toBe("timeout");
    expect(detail).toBe(`127.0.0.1:${server.port} did not finish the TLS handshake for ${HOST} in time`);
  });

  it("is not asked for where the edge speaks clear text", async () => {
    const pinned = { scheme: "http", address: "127.0.0.1", port: 1 } as const;
    expect((await ready(edgeOn(1, { pinned }))).tls).toBe("not-asked");
  });
});
