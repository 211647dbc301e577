import { benchSynth } from "./synth.ts";

console.log((await benchSynth()).join("\n"));
