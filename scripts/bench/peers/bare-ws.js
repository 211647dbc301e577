// What an engineer writes by hand: connect, read the first message, leave.
import { WebSocket } from "ws";

const [, , url, signature] = process.argv;
const socket = new WebSocket(url, { headers: { "X-Headgate-Signature": signature, Authorization: "Bearer x" } });
socket.on("message", (data) => {
  const { headers } = JSON.parse(String(data));
  if (!headers.some(([name]) => name.toLowerCase() === "authorization")) process.exitCode = 1;
  socket.terminate();
});
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 3;
});
