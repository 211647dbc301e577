#!/usr/bin/env node
// scripts/build.js puts the name of the bundle in, which holds a hash of it: bytecode can be no other bundle's.
// Runs the bundle with the bytecode that one run of it left at build time: compiling is half of the time of a short run.
// It is of one Node alone: V8 compares four numbers of its version, and takes bytecode between Nodes that differ in the
// fifth (20.18 and 20.20 are 11.3.244.8-node.23 and -node.38), where it means something else. Another Node compiles as ever.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const filename = fileURLToPath(new URL("bundle/BUNDLE", import.meta.url));
const bytecode = `${filename}.${process.version}-${process.platform}-${process.arch}.bytecode`;
const script = new Script(readFileSync(filename, "latin1"), {
  filename,
  ...(existsSync(bytecode) && { cachedData: readFileSync(bytecode) }),
});
script.runInThisContext()(createRequire(import.meta.url), import.meta.url);
