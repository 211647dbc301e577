import { describe, expect, it } from "vitest";
import { ContractError, formatProblem, nearest } from "../../contract/problem.ts";

const AT = { file: "headgate.yaml", line: 13, column: 74 };

describe("formatProblem", () => {
  it("gives place, path and message on one line, the rest on lines of their own", () => {
    const problem = {
      at: AT,
      path: "headers.client-address.arrives",
      message: "is not one of the valid choices",
      value: '"apended"',
      nearest: "appended",
      valid: ["unchanged", "appended"],
    };
    expect(formatProblem(problem)).toBe(
      [
        "headgate.yaml:13:74  headers.client-address.arrives: is not one of the valid choices",
        '    value  "apended"',
        "    try    appended",
        "    valid  unchanged, appended",
      ].join("\n"),
    );
  });

  it("leaves out a path that is empty", () => {
    expect(formatProblem({ at: AT, path: "", message: "is empty" })).toBe("headgate.yaml:13:74  is empty");
  });

  it("leaves out a list of choices that is empty", () => {
    expect(formatProblem({ at: AT, path: "a", message: "m", valid: [] })).toBe("headgate.yaml:13:74  a: m");
  });
});

describe("ContractError", () => {
  it("says every problem, not the first alone", () => {
    const problems = [
      { at: AT, path: "a", message: "first" },
      { at: AT, path: "b", message: "second" },
    ];
    const error = new ContractError(problems);
    expect(error.message).toBe("headgate.yaml:13:74  a: first\nheadgate.yaml:13:74  b: second");
    expect(error.problems).toBe(problems);
  });
});

describe("nearest", () => {
  const choices = ["unchanged", "present", "appended", "never"];

  it("finds the choice that a slip of the finger meant", () => {
    expect(nearest("apended", choices)).toBe("appended");
  });

  it("does not mind capitals", () => {
    expect(nearest("NEVER", choices)).toBe("never");
  });

  it("prefers the choice with the fewest edits", () => {
    expect(nearest("tokens", ["nonce", "token:base64url", "token"])).toBe("token");
  });

  it("allows two edits even in a short word", () => {
    expect(nearest("api", ["app1"])).toBe("app1");
  });

  it("gives nothing when every choice is far", () => {
    expect(nearest("xyz", choices)).toBeUndefined();
  });

  it("gives nothing when there is no choice", () => {
    expect(nearest("never", [])).toBeUndefined();
  });
});
