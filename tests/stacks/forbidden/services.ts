import { onService } from "./plant.ts";
import type { Plant } from "./plant.ts";

const CLOSED = "nobody is granted the right to invoke, allUsers least of all";

export const services: readonly Plant[] = [
  {
    name: "open to everybody by a grant",
    plant: ({ resource }) => {
      resource.google_cloud_run_v2_service_iam_member = { open: { role: "roles/run.invoker", member: "allUsers" } };
    },
    caughtBy: CLOSED,
  },
  {
    name: "run by a service account with a role in the project",
    plant: ({ resource }) => void (resource.google_project_iam_member = { editor: { role: "roles/editor" } }),
    caughtBy: "no service account has a role in the project",
  },
  {
    name: "with a service in a mesh",
    plant: onService("backend", (run) => void (run.template.service_mesh = { mesh: "m" })),
    caughtBy: "no service joins a mesh or an execution environment that would answer in its place",
  },
  {
    name: "with a second container that would take the requests",
    plant: onService("auth", (run) => void run.template.containers.push({ image: "sidecar" })),
    caughtBy: "each container's port is named http1, because h2c ends every WebSocket with a 503",
  },
  {
    name: "with traffic to the latest revision",
    plant: onService("auth", (run) => run.traffic.push({ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 0 })),
    caughtBy: "all traffic goes to a revision by name, never to the latest",
  },
  {
    name: "with a secret in plain text",
    plant: onService("backend", (run) => run.template.containers[0].env.push({ name: "TOKEN", value: "x" })),
    caughtBy: "each gets the declared variables, the environment's override first and its domain filled in",
  },
  {
    name: "with an audience that nobody checks",
    plant: onService("auth", (run) => void (run.custom_audiences = ["https://auth.example.com"])),
    caughtBy:
      "no audience is declared for tokens that nobody checks, and no identity-aware proxy consumes Authorization",
  },
];
