import { describe, expect, it } from "vitest";
import { REFERENCE, contractOf, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

/** The service of the small contract with a CPU, a memory and one request at a time. */
const sized = (cpu: string, memory: string): string =>
  edit(
    REFERENCE,
    "    concurrency: 80\n",
    `    concurrency: 1\n    cpu: ${JSON.stringify(cpu)}\n    memory: ${memory}\n`,
  );

const WRITTEN: readonly BadContract[] = [
  {
    name: "more memory than one CPU goes with",
    from: "    concurrency: 80\n",
    to: "    memory: 5Gi\n",
    stands: "5Gi",
    says: [
      "headgate.yaml:23:13  services.backend.memory: with a CPU of 1 an instance takes 4Gi at most",
      '    value  "5Gi"',
    ],
    accepts: "    memory: 4Gi\n",
  },
  {
    name: "four CPUs with the memory that is the default",
    from: "    concurrency: 80\n",
    to: '    cpu: "4"\n',
    stands: '"4"',
    says: [
      "headgate.yaml:23:10  services.backend.cpu: needs 2Gi of memory at least, and memory is 512Mi",
      '    value  "4"',
    ],
    accepts: '    cpu: "4"\n    memory: 2Gi\n',
  },
  {
    name: "a CPU and a half",
    from: "    concurrency: 80\n",
    to: "    cpu: 1500m\n",
    stands: "1500m",
    says: [
      "headgate.yaml:23:10  services.backend.cpu: above one CPU Cloud Run takes whole numbers",
      '    value  "1500m"',
    ],
    accepts: "    cpu: 2000m\n",
  },
];

describe("the size of an instance", () => {
  itRefuses("is refused where it is written", WRITTEN);

  it.each([
    ["499m", "512Mi", "513Mi"],
    ["500m", "1Gi", "1025Mi"],
    ["999m", "1024Mi", "2Gi"],
    ["1", "4Gi", "4097Mi"],
    ["2", "8Gi", "9Gi"],
    ["3", "8Gi", "9Gi"],
    ["4", "16Gi", "17Gi"],
    ["6", "24Gi", "25Gi"],
    ["8", "32Gi", "33Gi"],
  ])("of %s CPUs has %s and never %s", (cpu, most, more) => {
    expect(contractOf(sized(cpu, most)).services["backend"]).toMatchObject({ cpu, memory: most });
    expect(problemsOf(sized(cpu, more))).toMatchObject([{ path: "services.backend.memory" }]);
  });

  it.each([
    ["4", "2Gi", "2047Mi"],
    ["6", "4Gi", "4095Mi"],
    ["8", "4Gi", "4095Mi"],
  ])("of %s CPUs has at least %s, and never %s", (cpu, least, less) => {
    expect(contractOf(sized(cpu, least)).services["backend"]).toMatchObject({ cpu, memory: least });
    expect(problemsOf(sized(cpu, less))).toMatchObject([{ path: "services.backend.cpu" }]);
  });

  it.each(["079m", "9000m"])("is never one of %s, whatever its memory", (cpu) => {
    expect(problemsOf(sized(cpu, "64Gi"))).toMatchObject([
      { path: "services.backend.cpu", message: "Cloud Run gives an instance 80m to 8 CPUs" },
    ]);
  });

  it("has 128Mi of memory at least", () => {
    expect(contractOf(sized("080m", "128Mi")).services["backend"]!.memory).toBe("128Mi");
    expect(problemsOf(sized("1", "127Mi"))).toMatchObject([
      { path: "services.backend.memory", message: "an instance takes 128Mi at least" },
    ]);
  });
});
