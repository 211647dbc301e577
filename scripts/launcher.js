#!/usr/bin/env node
// scripts/build.js puts the name of the bundle in, which holds a hash of it: bytecode can be no other bundle's.
// Runs the bundle with the bytecode that one run of it left at build time: compiling is half of the time of a short run.
// V8 takes it only from its own version and flags, and compiles as ever where it is of another.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const filename = fileURLToPath(new URL("bundle/BUNDLE", import.meta.url));
const bytecode = `${filename}.bytecode`;
const script = new Script(readFileSync(filename, "latin1"), {
  filename,
  ...(existsSync(bytecode) && { cachedData: readFileSync(bytecode) }),
});
script.runInThisContext()(createRequire(import.meta.url), import.meta.url);
