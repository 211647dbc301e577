import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { performServerHandshake } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import { request } from "node:http";
import { joinCookieCrumbs } from "../../http/cookie-crumbs.ts";
import { writeHead } from "../../http/head.ts";
import { linesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { behindEdge } from "./hostile-witness.ts";
import { secure } from "./http2-server.ts";
import type { SecureServer } from "./http2-server.ts";
import { RawPeer } from "./raw-sockets.ts";

/** What an edge does to the lines that the service is to get, besides what is documented. */
export type Tampering = (lines: readonly HeaderLine[]) => readonly HeaderLine[];

/**
 * An edge as it is documented for HTTP/2 clients: h2 is offered beside HTTP/1.1 (fact H29), the service is asked in
 * HTTP/1.1, `:authority` becomes Host, and cookies are joined (fact H30). What speaks of one connection ends here (fact H5).
 */
export function startHttp2Edge(
  upstream: number,
  { tamper = joinCookieCrumbs, extendedConnect = false }: { tamper?: Tampering; extendedConnect?: boolean } = {},
): Promise<SecureServer> {
  return secure({ ALPNProtocols: ["h2", "http/1.1"] }, undefined, (socket) => {
    if (socket.alpnProtocol !== "h2") return void handOn(socket, upstream).catch(() => socket.destroy());
    const settings = { enableConnectProtocol: extendedConnect };
    const session = performServerHandshake(socket, { settings }).on("error", () => undefined);
    session.on("stream", (stream: ServerHttp2Stream, ...[, , raw]: [unknown, unknown, string[]]) =>
      forward(
        stream.on("error", () => undefined),
        linesOf(raw),
        { upstream, tamper },
      ),
    );
  });
}

/** One request of HTTP/1.1 a connection; behind its head both ways are a pipe. */
async function handOn(socket: Socket, upstream: number): Promise<void> {
  const peer = new RawPeer(socket);
  const head = await peer.requestHead();
  const to = connectTcp(upstream, "127.0.0.1").on("error", () => socket.destroy());
  to.write(writeHead(`${head.method} ${head.target} HTTP/1.1`, behindEdge(head)));
  to.write(peer.received);
  socket
    .on("close", () => to.destroy())
    .pipe(to)
    .pipe(socket);
}

function forward(
  stream: ServerHttp2Stream,
  fields: readonly HeaderLine[],
  { upstream, tamper }: { upstream: number; tamper: Tampering },
): void {
  const pseudo = (name: string): string => fields.find(([own]) => own === name)?.[1] ?? "";
  const lines: HeaderLine[] = [["host", pseudo(":authority")], ...fields.filter(([name]) => !name.startsWith(":"))];
  const headers = [...tamper(lines), ["via", "1.1 google"]].flat();
  const path = pseudo(":path");
  const asked = request({ host: "127.0.0.1", port: upstream, path, headers: headers as never, agent: false });
  asked.on("error", () => stream.close());
  asked.on("response", (answer) => {
    const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...rest } = answer.headers;
    stream.respond({ ":status": answer.statusCode, ...rest, via: "1.1 google" });
    answer.pipe(stream);
  });
  asked.end();
}
