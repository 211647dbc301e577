import { connect } from "node:net";
import { pooled } from "../pooled.ts";
import { EDGE_HOST, LAST_PATH } from "./edge.ts";

const LINES = `Host: ${EDGE_HOST}\r\nUser-Agent: bench\r\nAuthorization: Bearer bench\r\nX-Probe: 1\r\n`;
const GET = `GET ${LAST_PATH} HTTP/1.1\r\n${LINES}\r\n`;
const UPGRADE = `GET ${LAST_PATH} HTTP/1.1\r\n${LINES}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
/** `hello` under a mask of zeros. */
const FRAME = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from("hello")]);
const APPLIED = /^x-rule: applied/im;

/** Upgrades, each on a connection of its own, with one frame there and back; gives the time to each 101 in milliseconds. */
export async function upgrades(port: number, count: number, concurrency: number): Promise<number[]> {
  const times: number[] = [];
  await pooled(count, concurrency, async () => void times.push(await upgrade(port)));
  return times;
}

function upgrade(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const socket = connect(port, "127.0.0.1");
    let took: number | undefined;
    socket.setNoDelay(true);
    socket.write(UPGRADE);
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      if (took === undefined) {
        took = performance.now() - from;
        const head = bytes.toString("latin1");
        if (!head.startsWith("HTTP/1.1 101")) return reject(new Error(head.slice(0, 200)));
        return void socket.write(FRAME);
      }
      socket.destroy();
      resolve(took);
    });
  });
}

/** Plain requests on as many kept-alive connections as are at work at once; gives the time to each answer in milliseconds. */
export async function requests(port: number, count: number, concurrency: number): Promise<number[]> {
  const times: number[] = [];
  await pooled(
    concurrency,
    concurrency,
    async () => void times.push(...(await requestsInTurn(port, count / concurrency))),
  );
  return times;
}

function requestsInTurn(port: number, count: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const times: number[] = [];
    const socket = connect(port, "127.0.0.1");
    let from = performance.now();
    let text = "";
    socket.setNoDelay(true);
    socket.write(GET);
    socket.on("error", reject).on("close", () => reject(new Error("the proxy closed a connection")));
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (!text.endsWith("\r\n\r\nhello")) return;
      times.push(performance.now() - from);
      text = "";
      if (times.length >= count) return (void socket.removeAllListeners("close").destroy(), resolve(times));
      from = performance.now();
      socket.write(GET);
    });
  });
}

/** @throws Error unless the backend sees both a request and an upgrade with the rule applied. */
export async function checkRule(port: number): Promise<void> {
  for (const head of [GET, UPGRADE]) {
    const answer = await firstBytes(port, head);
    if (!APPLIED.test(answer)) throw new Error(`the rule is not applied on port ${port}:\n${head}${answer}`);
  }
}

function firstBytes(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.write(head);
    socket.on("error", reject).on("close", () => reject(new Error("the proxy closed a connection")));
    socket.once("data", (bytes) => {
      resolve(bytes.toString("latin1"));
      socket.destroy();
    });
  });
}
