// A service that takes as little as it can: answers a GET, accepts an upgrade and echoes one short frame. It says in a
// header what it saw of the rule that each proxy is told to apply.
import { createHash } from "node:crypto";
import { createServer } from "node:net";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const BODY = "hello";

createServer((socket) => {
  let isUpgraded = false;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    if (isUpgraded) return void socket.write(echo(bytes));
    const head = bytes.toString("latin1");
    const rule = /^x-added: v1\r/im.test(head) && !/^x-probe:/im.test(head) ? "applied" : "broken";
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1];
    if (key === undefined)
      return void socket.write(`HTTP/1.1 200 OK\r\nX-Rule: ${rule}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
    isUpgraded = true;
    const accept = createHash("sha1")
      .update(key + MAGIC)
      .digest("base64");
    const lines = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-Rule: ${rule}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n\r\n`);
  });
}).listen(0, "127.0.0.1", function () {
  console.log(this.address().port);
});

/** A masked frame of fewer than 126 bytes, sent back unmasked; a Close is answered with a Close. */
function echo(bytes) {
  const length = bytes[1] & 0x7f;
  const payload = bytes.subarray(6, 6 + length).map((byte, index) => byte ^ bytes[2 + (index % 4)]);
  return Buffer.concat([Buffer.from([bytes[0], length]), payload]);
}
