import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { TRACE_ID, arriving, edgeRequest, traced } from "../../support/edge-request.ts";

const model = edgeModel();
const trace = (protocol: "http" | "websocket", lines: readonly HeaderLine[] = []) =>
  traceRequest(model, edgeRequest(protocol, lines));

describe("hop-by-hop headers (H5)", () => {
  it.each([
    ["Keep-Alive", "timeout=5"],
    ["Proxy-Authenticate", "Basic"],
    ["Proxy-Authorization", "Basic x"],
    ["TE", "trailers"],
    ["Trailer", "X-T"],
    ["Trailers", "X-T"],
    ["Connection", "keep-alive"],
  ])("%s never arrives on a plain request", (name, value) => {
    const seen = trace("http", [[name, value]]);
    expect(arriving(seen, name)).toEqual([]);
    expect(traced(seen, name)).toMatchObject({ state: "removed", by: [{ fact: "H5" }] });
  });

  it.each(["Keep-Alive", "Proxy-Authorization", "TE"])("%s never arrives on an upgrade", (name) => {
    expect(arriving(trace("websocket", [[name, "x"]]), name)).toEqual([]);
  });
});

describe("the upgrade (H6)", () => {
  it("is regenerated, once, for a handshake", () => {
    const seen = trace("websocket");
    expect(arriving(seen, "upgrade")).toEqual(["websocket"]);
    expect(arriving(seen, "connection")).toEqual(["Upgrade"]);
  });

  it("is not made up for a plain request, nor for half a handshake", () => {
    for (const lines of [[], [["Upgrade", "websocket"]], [["Connection", "Upgrade"]]] as HeaderLine[][]) {
      const seen = trace("http", lines);
      expect([...arriving(seen, "upgrade"), ...arriving(seen, "connection")]).toEqual([]);
    }
  });

  it("leaves the key, version, extensions and subprotocols alone (H9)", () => {
    const seen = trace("websocket", [["Sec-WebSocket-Extensions", "permessage-deflate"]]);
    expect(arriving(seen, "sec-websocket-key")).toEqual(["dGhlIHNhbXBsZSBub25jZQ=="]);
    expect(arriving(seen, "sec-websocket-version")).toEqual(["13"]);
    expect(arriving(seen, "sec-websocket-extensions")).toEqual(["permessage-deflate"]);
  });
});

describe("what the edge adds", () => {
  it("Via comes behind the client's own (H1)", () => {
    expect(arriving(trace("http", [["Via", "1.1 proxy"]]), "via")).toEqual(["1.1 proxy", "1.1 google"]);
  });

  it("X-Forwarded-Proto is the listener's scheme, whatever the client says (H2)", () => {
    expect(arriving(trace("websocket", [["X-Forwarded-Proto", "wss"]]), "x-forwarded-proto")).toEqual(["https"]);
  });

  it("X-Forwarded-For keeps what the client supplied in front (H3)", () => {
    expect(arriving(trace("http", [["X-Forwarded-For", "192.0.2.1"]]), "x-forwarded-for")).toEqual([
      "192.0.2.1,198.51.100.7,203.0.113.9",
    ]);
    expect(traced(trace("http", [["X-Forwarded-For", "192.0.2.1"]]), "x-forwarded-for")!.state).toBe("appended");
  });

  it.each(["X-Forwarded-For", "X-Forwarded-Proto"])("%s written by the configuration wins (V9)", (name) => {
    const custom = edgeModel(({ backend }: SmallEdge) => (backend["custom_request_headers"] = [`${name}: mine`]));
    expect(arriving(traceRequest(custom, edgeRequest("http", [[name, "client"]])), name)).toEqual(["mine"]);
  });

  it("a trace context is added only where there is none (H4)", () => {
    expect(arriving(trace("http"), "x-cloud-trace-context")).toEqual([`${TRACE_ID}/1;o=1`]);
    expect(arriving(trace("http", [["X-Cloud-Trace-Context", "c"]]), "x-cloud-trace-context")).toEqual(["c"]);
  });

  it("Cloud Run adds Forwarded, and traceparent where there is none (R8)", () => {
    const seen = trace("http", [["traceparent", "mine"]]);
    expect(arriving(seen, "traceparent")).toEqual(["mine"]);
    expect(arriving(seen, "forwarded")).toEqual(['for="198.51.100.7";proto=https']);
    expect(arriving(trace("http"), "traceparent")[0]).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
  });

  it("a chunked body stays chunked, a counted one keeps its length", () => {
    expect(arriving(trace("http", [["Transfer-Encoding", "chunked"]]), "transfer-encoding")).toEqual(["chunked"]);
    const counted = trace("http", [["Content-Length", "5"]]);
    expect(arriving(counted, "content-length")).toEqual(["5"]);
    expect(arriving(counted, "transfer-encoding")).toEqual([]);
  });
});
