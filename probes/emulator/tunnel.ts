import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { FrameWalk } from "./frame-walk.ts";

/** RFC 6455 §7.4.1: the endpoint is going away. */
const GOING_AWAY = [0x03, 0xe9] as const;

/** An upgraded connection through the edge. */
export interface Tunnel {
  /** Both sides are gone. */
  readonly closed: Promise<void>;
  /** Says Close 1001 to both sides, after the frame that is on its way, and ends both. */
  readonly goAway: () => void;
}

/** One end of a tunnel, and what it had sent before the tunnel stood. */
export interface TunnelEnd {
  readonly socket: Socket;
  readonly early: Buffer;
}

/**
 * After the 101 the edge is a pipe: what either side sends goes to the other, byte for byte, and when one side ends
 * so does the other. A side that does not end after the other is gone is cut off after `lingerMs`.
 */
export function openTunnel(client: TunnelEnd, upstream: TunnelEnd, lingerMs: number): Tunnel {
  let open = 2;
  const left = (): void => {
    // To end one side while a frame is still on its way from it would cut that frame off.
    if (--open === 0) for (const { socket } of [client, upstream]) socket.end();
  };
  const lanes = [
    new Lane(client.socket, upstream.socket, { isMasked: true, onLeft: left }),
    new Lane(upstream.socket, client.socket, { isMasked: false, onLeft: left }),
  ] as const;
  const closed = Promise.all([
    gone(client.socket).then(() => hangUp(upstream.socket, lingerMs)),
    gone(upstream.socket).then(() => hangUp(client.socket, lingerMs)),
  ]).then(() => undefined);
  lanes[1].start(upstream.early);
  lanes[0].start(client.early);
  return { closed, goAway: () => lanes.forEach((lane) => lane.leave()) };
}

interface LaneOptions {
  /** True toward the service. */
  readonly isMasked: boolean;
  /** Told once nothing more is passed on. */
  readonly onLeft: () => void;
}

/** One direction of a tunnel. */
class Lane {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly options: LaneOptions;
  private readonly frames = new FrameWalk();
  private state: "open" | "leaving" | "left" = "open";

  constructor(from: Socket, to: Socket, options: LaneOptions) {
    this.from = from;
    this.to = to;
    this.options = options;
  }

  start(early: Buffer): void {
    const { from, to } = this;
    to.on("drain", () => from.resume());
    from.on("end", () => to.end());
    if (early.length > 0) this.pass(early);
    from.on("data", (bytes: Buffer) => this.pass(bytes));
    if (from.readableEnded) to.end();
  }

  leave(): void {
    if (this.state !== "open") return;
    this.state = "leaving";
    this.sayClose();
  }

  private pass(bytes: Buffer): void {
    if (this.state === "left" || this.to.writableEnded || this.to.destroyed) return;
    if (this.state === "leaving") {
      this.to.write(bytes.subarray(0, this.frames.finish(bytes)));
      return this.sayClose();
    }
    this.frames.walk(bytes);
    if (!this.to.write(bytes)) this.from.pause();
  }

  /** A Close frame inside of another frame would be taken for a part of it. */
  private sayClose(): void {
    if (!this.frames.isAtBoundary) return void this.from.resume();
    this.state = "left";
    this.from.resume();
    const canSay = !this.to.writableEnded && !this.to.destroyed && !this.frames.sawClose;
    if (canSay) this.to.write(closeFrame(this.options.isMasked));
    this.options.onLeft();
  }
}

/** A Close frame with 1001; a client's is masked (RFC 6455 §5.3), and toward the service the edge is the client. */
function closeFrame(isMasked: boolean): Buffer {
  if (!isMasked) return Buffer.from([0x88, 2, ...GOING_AWAY]);
  const mask = randomBytes(4);
  return Buffer.from([0x88, 0x82, ...mask, ...GOING_AWAY.map((byte, index) => byte ^ mask[index]!)]);
}

/** Ends a connection; what its peer still sends is dropped, and after `lingerMs` so is the connection. */
export async function hangUp(socket: Socket, lingerMs: number): Promise<void> {
  if (socket.destroyed) return gone(socket);
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  await gone(socket);
  clearTimeout(timer);
}

function gone(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", () => resolve()));
}
