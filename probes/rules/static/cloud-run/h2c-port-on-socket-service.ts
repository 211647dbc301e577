import { defineStaticRule, found } from "../define-rule.ts";
import { replacing } from "../remedy.ts";
import { socketServices } from "../sockets.ts";

export const h2cPortOnSocketService = defineStaticRule({
  id: "h2c-port-on-socket-service",
  title: "a service with WebSockets has a container port that speaks HTTP/2 alone",
  severity: "error",
  found: "run",
  because: "An upgrade belongs to HTTP/1.1: a port that is named `h2c` answers every handshake with 503.",
  fix: "Name the port `http1` or leave its name out, and give what needs HTTP/2, such as gRPC, a service of its own.",
  sources: ["R4"],
  remedy: ({ where }) => replacing(where, "http1"),
  check: (subject) =>
    socketServices(subject).flatMap(({ item: { address, h2c } }) =>
      h2c.value ? [found(h2c.by, `${address} takes HTTP/2 alone, and refuses every WebSocket with 503`)] : [],
    ),
});
