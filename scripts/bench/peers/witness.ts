import { startWitness } from "../../../probes/witness/start.ts";

/** The witness as a process of its own: `node witness KEY`. */
const { port } = await startWitness({ service: "app", key: process.argv[2]!, limits: { maxNonces: 1_000_000 } });
process.stdout.write(`${port}\n`);
