import { startEmulator } from "../../../probes/emulator/start.ts";
import { buildEdges } from "../../../probes/model/build.ts";
import { readSource } from "../../../probes/terraform/read-source.ts";

/** The emulated edge of a configuration, in clear text: `node emulator FOLDER BACKEND-PORT`. */
const [, , folder = "", port] = process.argv;
const { graphs } = await readSource(folder);
const [model] = buildEdges(graphs[0]!);
const backends = Object.fromEntries(
  model!.services.map(({ address }) => [address, { host: "127.0.0.1", port: Number(port) }]),
);
const { ports } = await startEmulator(model!, { backends, tls: false, forgivesOwnPort: true });
process.stdout.write(`${ports.https}\n`);
