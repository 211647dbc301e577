import { describe, expect, it } from "vitest";
import { durationMs, durationText } from "../../contract/schema-terms.ts";
import { EVERYTHING, itRefuses } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const WRONG_TERMS: readonly BadContract[] = [
  {
    name: "a secret of the latest version",
    of: EVERYTHING,
    from: 'version: "3"',
    to: "version: latest",
    stands: "latest }",
    says: [
      "headgate.yaml:62:52  services.backend.secrets.SESSION_KEY.version: a secret is pinned by version number: `latest` would change under a running service",
      '    value  "latest"',
    ],
    accepts: "version: 3",
  },
  {
    name: "a secret of version nought",
    of: EVERYTHING,
    from: 'version: "3"',
    to: "version: 0",
    stands: "0 }",
    says: [
      "headgate.yaml:62:52  services.backend.secrets.SESSION_KEY.version: a secret is pinned by version number: `latest` would change under a running service",
      "    value  0",
    ],
    accepts: "version: 1",
  },
  {
    name: "a secret of half a version",
    of: EVERYTHING,
    from: 'version: "3"',
    to: "version: 1.5",
    stands: "1.5 }",
    says: [
      "headgate.yaml:62:52  services.backend.secrets.SESSION_KEY.version: a secret is pinned by version number: `latest` would change under a running service",
      "    value  1.5",
    ],
    accepts: 'version: "15"',
  },
  {
    name: "a secret of no version",
    of: EVERYTHING,
    from: 'session-key, version: "3"',
    to: "session-key",
    stands: "{ secret: session-key }",
    says: [
      "headgate.yaml:62:20  services.backend.secrets.SESSION_KEY.version: is missing: a secret is pinned by version number: `latest` would change under a running service",
    ],
  },
  {
    name: "the witness's key of the latest version",
    of: EVERYTHING,
    from: "version: 7",
    to: "version: latest",
    stands: "latest }",
    says: [
      "headgate.yaml:24:79  environments.production.preview.witness.key.version: a secret is pinned by version number: `latest` would change under a running service",
      '    value  "latest"',
    ],
    accepts: "version: 8",
  },
  {
    name: "a secret with a blank in its name",
    of: EVERYTHING,
    from: "secret: session-key, ",
    to: "secret: session key, ",
    stands: "session key, version:",
    says: [
      "headgate.yaml:62:30  services.backend.secrets.SESSION_KEY.secret: a secret is named NAME, or projects/PROJECT/secrets/NAME",
      '    value  "session key"',
    ],
    accepts: "secret: Session_Key-1, ",
  },
  {
    name: "a secret by its version's full name",
    of: EVERYTHING,
    from: "projects/example-shared/secrets/headgate-key,",
    to: "projects/example-shared/secrets/headgate-key/versions/7,",
    stands: "projects/example-shared/",
    says: [
      "headgate.yaml:24:24  environments.production.preview.witness.key.secret: a secret is named NAME, or projects/PROJECT/secrets/NAME",
      '    value  "projects/example-shared/secrets/headgate-key/versions/7"',
    ],
  },
  {
    name: "a value for PORT",
    from: "    session-affinity: true\n",
    to: "    env: { PORT: x }\n",
    stands: "PORT: x }",
    says: [
      "headgate.yaml:25:12  services.backend.env.PORT: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "PORT"',
    ],
    accepts: "    env: { PORT_NAME: x }\n",
  },
  {
    name: "a value for K_SERVICE",
    from: "    session-affinity: true\n",
    to: "    env: { K_SERVICE: x }\n",
    stands: "K_SERVICE: x }",
    says: [
      "headgate.yaml:25:12  services.backend.env.K_SERVICE: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "K_SERVICE"',
    ],
    accepts: "    env: { K_SERVICE_NAME: x }\n",
  },
  {
    name: "a value for K_REVISION",
    from: "    session-affinity: true\n",
    to: "    env: { K_REVISION: x }\n",
    stands: "K_REVISION: x }",
    says: [
      "headgate.yaml:25:12  services.backend.env.K_REVISION: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "K_REVISION"',
    ],
    accepts: "    env: { K_REVISION_NAME: x }\n",
  },
  {
    name: "a value for K_CONFIGURATION",
    from: "    session-affinity: true\n",
    to: "    env: { K_CONFIGURATION: x }\n",
    stands: "K_CONFIGURATION: x }",
    says: [
      "headgate.yaml:25:12  services.backend.env.K_CONFIGURATION: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "K_CONFIGURATION"',
    ],
    accepts: "    env: { K_CONFIGURATION_NAME: x }\n",
  },
  {
    name: "a secret for PORT",
    from: "    session-affinity: true\n",
    to: "    secrets: { PORT: { secret: port, version: 1 } }\n",
    stands: "PORT: { secret: port,",
    says: [
      "headgate.yaml:25:16  services.backend.secrets.PORT: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "PORT"',
    ],
    accepts: "    secrets: { port: { secret: port, version: 1 } }\n",
  },
  {
    name: "an override of PORT",
    of: EVERYTHING,
    from: "LOG_LEVEL: warning",
    to: "PORT: warning",
    stands: "PORT: warning",
    says: [
      "headgate.yaml:28:11  environments.production.services.backend.env.PORT: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "PORT"',
    ],
  },
  {
    name: "a required PORT",
    of: EVERYTHING,
    from: "required: [LOG_LEVEL,",
    to: "required: [PORT,",
    stands: "PORT, PUBLIC_ORIGIN,",
    says: [
      "headgate.yaml:63:16  services.backend.required[0]: Cloud Run sets PORT, K_SERVICE, K_REVISION and K_CONFIGURATION itself",
      '    value  "PORT"',
    ],
  },
  {
    name: "a variable that starts with a digit",
    from: "    session-affinity: true\n",
    to: "    env: { 2ND: x }\n",
    stands: "2ND: x }",
    says: [
      "headgate.yaml:25:12  services.backend.env.2ND: an environment variable has letters, digits and underscores, and no digit first",
      '    value  "2ND"',
    ],
    accepts: "    env: { _2ND: x }\n",
  },
  {
    name: "a variable that is a number",
    from: "    session-affinity: true\n",
    to: "    env: { RETRIES: 3 }\n",
    stands: "3 }",
    says: ["headgate.yaml:25:21  services.backend.env.RETRIES: must be text", "    value  3"],
    accepts: '    env: { RETRIES: "3" }\n',
  },
  {
    name: "an image whose digest is cut short",
    from: "a7b6c5d4e3f2a1b0c9d8e7f6a5b4\n    port",
    to: "a7b6c5d4e3f2a1b0c9d8e7f6a5b\n    port",
    stands: "us-docker.pkg.dev/example/reference/backend@",
    says: [
      "headgate.yaml:20:12  services.backend.image: an image is named by digest, because a tag can move: region-docker.pkg.dev/project/repo/image@sha256:<64 hex digits>",
      '    value  "us-docker.pkg.dev/example/reference/backend@sha256:3b1f0...',
    ],
  },
];

describe("a secret, a variable or an image of the wrong form", () => {
  itRefuses("is refused where it stands", WRONG_TERMS);
});

describe("durationMs", () => {
  it.each([
    ["400ms", 400],
    ["5s", 5000],
    ["30m", 1_800_000],
    ["1h", 3_600_000],
  ])("reads %s", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

describe("durationText", () => {
  it.each(["400ms", "90s", "15m", "24h", "0h"])("writes %s in the longest unit that takes it whole", (text) => {
    expect(durationText(durationMs(text))).toBe(text);
  });
});
