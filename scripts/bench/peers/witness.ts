import { startWitness } from "../../../probes/witness/start.ts";

/** The witness as a process of its own: `node witness KEY`. */
const { port } = await startWitness({ service: "app", key: process.argv[2]! });
process.stdout.write(`${port}\n`);
