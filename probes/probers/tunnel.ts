import { connect } from "node:net";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { parseResponseHead, writeHead } from "../../http/head.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { ForwardProxy } from "../facts/case.ts";
import type { Moment } from "../facts/observation.ts";
import { authorityOf } from "./authority.ts";
import { PhaseError } from "./failure.ts";
import { headCollector } from "./head-collector.ts";

/** Largest head of a proxy's answer that is read, in bytes. */
const MAX_HEAD = 16 * 1024;

/**
 * A byte stream through a forward proxy: what is written waits until the proxy has opened the tunnel
 * (RFC 9110 §9.3.6). Another answer than 2xx ends it with a {@link PhaseError}.
 */
export function openTunnel(
  proxy: ForwardProxy,
  to: { readonly address: string; readonly port: number },
  watch: (socket: Socket) => void,
  mark: (moment: Moment) => void,
): Duplex {
  const socket = connect(proxy.port, proxy.address);
  watch(socket);
  const gate = { isOpen: false, held: undefined as (() => void) | undefined };
  const tunnel = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => {
      if (gate.isOpen) socket.write(chunk, done);
      else gate.held = () => socket.write(chunk, done);
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  const open = (rest: Buffer): void => {
    mark("proxy");
    gate.isOpen = true;
    gate.held?.();
    if (rest.length > 0) tunnel.push(rest);
  };
  const collect = answerCollector(open);
  socket.once("connect", () => socket.write(connectRequest(proxy, authorityOf(to.address, to.port))));
  socket.on("data", (bytes) => {
    try {
      if (!gate.isOpen) collect(bytes);
      else if (!tunnel.push(bytes)) socket.pause();
    } catch (error) {
      tunnel.destroy(error as Error);
    }
  });
  socket.once("error", (error) => tunnel.destroy(error));
  socket.once("end", () => {
    if (gate.isOpen) tunnel.push(null);
    else tunnel.destroy(new PhaseError("proxy", "the proxy closed the connection without opening a tunnel"));
  });
  return tunnel;
}

function answerCollector(open: (rest: Buffer) => void): (bytes: Buffer) => void {
  const collect = headCollector(MAX_HEAD, "proxy");
  return (bytes) => {
    const collected = collect(bytes);
    if (collected === undefined) return;
    const head = parseResponseHead(collected.head);
    if ("error" in head) throw new PhaseError("proxy", `the proxy's answer is not HTTP/1.1: ${head.error}`);
    if (head.status < 200 || head.status > 299)
      throw new PhaseError("proxy", `the proxy answered ${head.status} and opened no tunnel`);
    open(collected.rest);
  };
}

function connectRequest({ authorization }: ForwardProxy, authority: string): Buffer {
  const lines: HeaderLine[] = [["Host", authority]];
  if (authorization !== undefined) lines.push(["Proxy-Authorization", authorization]);
  return writeHead(`CONNECT ${authority} HTTP/1.1`, lines);
}
