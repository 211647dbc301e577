/** What the bench measures of the probers, bundled as it is published. */
export { compareHeader } from "../../../probes/probers/compare.ts";
export { probeAll } from "../../../probes/probers/probe-all.ts";
