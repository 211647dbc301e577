import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { handleUnaryCall, ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { generate } from "selfsigned";
import { changeOf, providerCalls } from "./calls.ts";
import type { TypedRequest } from "./calls.ts";
import { chaosFrom } from "./chaos.ts";
import type { Schemas } from "./schema.ts";

/** Terraform's handshake: core protocol 1, plugin protocol 5. */
const HANDSHAKE = "1|5";
const PARENT_CHECK_MS = 500;

/** Serves the plugin protocol until Terraform says that it is done, or is gone. */
async function serve(schemasFile: string, protoFolder: string, cloudFile: string): Promise<void> {
  const schemas = JSON.parse(readFileSync(schemasFile, "utf8")) as Schemas;
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const chaos = chaosFrom(process.env);
  const delayMsOf = (name: string, request: unknown): number =>
    name === "ApplyResourceChange" ? chaos.delayMsOf(changeOf(schemas, request as TypedRequest)) : 0;
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(
    service(protoFolder, "provider.proto", "tfplugin5.Provider"),
    implementation(providerCalls(schemas, cloudFile, chaos), delayMsOf),
  );
  server.addService(
    service(protoFolder, "controller.proto", "plugin.GRPCController"),
    implementation({ Shutdown: shutdown }, () => 0),
  );
  const credentials = ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) },
  ]);
  const port = await bind(server, credentials);
  process.stdout.write(`${HANDSHAKE}|tcp|127.0.0.1:${port}|grpc|${derOf(cert)}\n`);
}

function service(folder: string, file: string, name: string): ServiceDefinition {
  const definitions = loadSync(join(folder, file), { keepCase: true, longs: Number, enums: String, defaults: false });
  return definitions[name] as unknown as ServiceDefinition;
}

type Handlers = Record<string, handleUnaryCall<unknown, object>>;

/** Calls answer at once, but for those that are to take their time; what goes wrong inside is an error of the call. */
function implementation(
  calls: Readonly<Record<string, (request: never) => object>>,
  delayMsOf: (name: string, request: unknown) => number,
): Handlers {
  const entries = Object.entries(calls).map(([name, answer]) => {
    const respond: handleUnaryCall<unknown, object> = (call, callback) => {
      try {
        callback(null, answer(call.request as never));
      } catch (cause) {
        process.stderr.write(
          `[ERROR] ${name} ${randomUUID()}: ${cause instanceof Error ? cause.stack : String(cause)}\n`,
        );
        callback({ code: 13, details: String(cause) });
      }
    };
    const inTime: typeof respond = (call, callback) => {
      const delayMs = delayMsOf(name, call.request);
      if (delayMs > 0) setTimeout(() => respond(call, callback), delayMs);
      else respond(call, callback);
    };
    return [name, inTime] as const;
  });
  return Object.fromEntries(entries);
}

const bind = (server: Server, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });

/** The certificate as Terraform reads it: base64 of the DER form, without padding. */
const derOf = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, "").replace(/=+$/, "");

function shutdown(): object {
  setImmediate(() => process.exit(0));
  return {};
}

const [schemasFile, protoFolder] = process.argv.slice(2);
const cloudFile = process.env["HEADGATE_STAND_IN_CLOUD"];
if (schemasFile === undefined || protoFolder === undefined || cloudFile === undefined) {
  process.stderr.write("usage: HEADGATE_STAND_IN_CLOUD=<cloud file> provider <schemas file> <proto folder>\n");
  process.exit(1);
}
// A Terraform that was killed cannot say goodbye.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), PARENT_CHECK_MS);
await serve(schemasFile, protoFolder, cloudFile);
