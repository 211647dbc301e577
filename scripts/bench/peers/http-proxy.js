// What an engineer puts together for this: http-proxy with its header events. `node http-proxy.js BACKEND-PORT`
import { Agent, createServer } from "node:http";
import httpProxy from "http-proxy";

const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${process.argv[2]}`,
  agent: new Agent({ keepAlive: true }),
});
const rule = (request) => {
  request.removeHeader("x-probe");
  request.setHeader("X-Added", "v1");
};
proxy.on("proxyReq", rule).on("proxyReqWs", rule);
proxy.on("error", () => undefined);
const server = createServer((request, response) => proxy.web(request, response));
server.on("upgrade", (request, socket, head) => proxy.ws(request, socket, head));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
