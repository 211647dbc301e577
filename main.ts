import { App } from "cdktf";
import { loadContract } from "./contract/load.ts";
import { ContractError } from "./contract/problem.ts";
import { EnvironmentStack } from "./stacks/environment-stack.ts";
import { writeSources } from "./stacks/source-lines.ts";

/** Contract → App → one stack an environment → synth. Exit 2 when the contract is wrong. */
try {
  const contract = loadContract(process.env["HEADGATE_CONTRACT"] ?? "headgate.yaml");
  const app = new App();
  for (const environment of Object.values(contract.environments)) new EnvironmentStack(app, { contract, environment });
  app.synth();
  writeSources(app, import.meta.dirname);
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
