import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandContext } from "../../../probes/commands/context.ts";
import { transportOf } from "../../../probes/commands/transport.ts";
import type { TransportOptions } from "../../../probes/commands/transport.ts";
import { temporaryFolder } from "../../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const given = (env: CommandContext["env"], options: TransportOptions = {}) =>
  transportOf(options, { env } as CommandContext);

describe("the proxy of the environment", () => {
  it.each([
    ["http://proxy.example.com:3128", { address: "proxy.example.com", port: 3128 }],
    ["http://proxy.example.com:3128/", { address: "proxy.example.com", port: 3128 }],
    ["proxy.example.com:3128", { address: "proxy.example.com", port: 3128 }],
    ["http://proxy.example.com", { address: "proxy.example.com", port: 80 }],
    ["http://[2001:db8::1]:3128", { address: "2001:db8::1", port: 3128 }],
    [
      "http://us%40er:p%3Ass@proxy.example.com:1",
      {
        address: "proxy.example.com",
        port: 1,
        authorization: `Basic ${Buffer.from("us@er:p:ss").toString("base64")}`,
      },
    ],
  ])("is read from %s", (text, proxy) => {
    expect(given({ HTTPS_PROXY: text })).toEqual({ proxy });
  });

  it("is none for an empty text, and small letters come first", () => {
    expect(given({ HTTPS_PROXY: "" })).toEqual({});
    const both = { HTTPS_PROXY: "http://one.example.com:1", https_proxy: "http://two.example.com:2" };
    expect(given(both).proxy).toEqual({ address: "two.example.com", port: 2 });
    expect(given({ NO_PROXY: "a", no_proxy: "b" })).toEqual({ noProxy: "b" });
  });

  it.each([
    "https://secret:pw@proxy.example.com",
    "socks5://secret:pw@proxy.example.com",
    "http://secret:pw@",
    "http://secret:p w@x:y",
  ])("is refused for %s, which is not repeated", (text) => {
    expect(() => given({ HTTPS_PROXY: text })).toThrow("HTTPS_PROXY is not the address of an HTTP proxy");
    expect(() => given({ HTTPS_PROXY: text })).not.toThrow("secret");
  });
});

describe("the client certificate", () => {
  it("is read from two files", () => {
    const [clientCert, clientKey] = ["cert.pem", "key.pem"].map((name) => join(folder.path, name)) as [string, string];
    writeFileSync(clientCert, "certificate");
    writeFileSync(clientKey, "key");
    expect(given({}, { clientCert, clientKey })).toEqual({ client: { certificate: "certificate", key: "key" } });
  });

  it("is refused with one part, or with a file that is not there", () => {
    expect(() => given({}, { clientCert: "a" })).toThrow("give both --client-cert FILE and --client-key FILE");
    expect(() => given({}, { clientKey: "a" })).toThrow("give both --client-cert FILE and --client-key FILE");
    const missing = join(folder.path, "none.pem");
    expect(() => given({}, { clientCert: missing, clientKey: missing })).toThrow(`cannot read ${missing}`);
  });
});
