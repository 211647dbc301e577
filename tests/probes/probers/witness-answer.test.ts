import { describe, expect, it } from "vitest";
import { readWitnessReport } from "../../../probes/probers/witness-answer.ts";

const REPORT = {
  schema: "headgate-witness/1",
  nonce: "n",
  service: "backend",
  revision: "r",
  headers: [["host", "api.example.com"]],
};
const text = (more: object): string => JSON.stringify({ ...REPORT, ...more });

describe("a witness's report", () => {
  it("is read as it is", () => {
    expect(readWitnessReport(text({ target: "/" }))).toEqual({ ...REPORT, target: "/" });
    expect(readWitnessReport(text({ headers: [] }))).toMatchObject({ headers: [] });
  });

  it.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["null", "null"],
    ["a number", "7"],
    ["a list", "[]"],
    ["another schema", text({ schema: "headgate-witness/2" })],
    ["no nonce", text({ nonce: undefined })],
    ["no service", text({ service: null })],
    ["a revision that is no text", text({ revision: 7 })],
    ["no headers", text({ headers: undefined })],
    ["headers that are an object", text({ headers: { host: "x" } })],
    ["a line of three", text({ headers: [["a", "b", "c"]] })],
    ["a line of one", text({ headers: [["a"]] })],
    ["a value that is no text", text({ headers: [["a", 1]] })],
    ["one bad line among good ones", text({ headers: [["a", "b"], null] })],
  ])("is not %s", (_, body) => {
    expect(readWitnessReport(body)).toBeUndefined();
  });
});
