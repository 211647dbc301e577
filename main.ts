import { dirname, join } from "node:path";
import { App } from "cdktf";
import { IMAGES_FILE, withImages } from "./contract/images.ts";
import { loadContract } from "./contract/load.ts";
import { ContractError } from "./contract/problem.ts";
import { RELEASE_FILE, loadReleases } from "./contract/release.ts";
import { EnvironmentStack, writeCandidates, writeSources } from "./stacks/index.ts";

/** Contract → App → one stack an environment → synth. Exit 2 when the contract is wrong. */
try {
  const file = process.env["HEADGATE_CONTRACT"] ?? "headgate.yaml";
  const beside = (name: string): string => join(dirname(file), name);
  const options = process.argv.slice(2).filter((each) => each !== "--image");
  const contract = withImages(loadContract(file), { options, file: beside(IMAGES_FILE) });
  const { live, notices } = loadReleases(beside(RELEASE_FILE), contract);
  for (const notice of notices) console.error(notice);
  const app = new App();
  for (const environment of Object.values(contract.environments)) {
    new EnvironmentStack(app, { contract, environment, release: live.get(environment.id) });
  }
  app.synth();
  writeCandidates(app);
  writeSources(app, import.meta.dirname);
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
