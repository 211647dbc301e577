import { COLLECTION } from "./collection.ts";
import { CONVERSION } from "./conversion.ts";
import { DATE } from "./date.ts";
import { ENCODING } from "./encoding.ts";
import { FILESYSTEM } from "./filesystem.ts";
import { FORMAT } from "./format.ts";
import type { FunctionTable } from "./function.ts";
import { HASH } from "./hash.ts";
import { NETWORK } from "./network.ts";
import { NUMERIC } from "./numeric.ts";
import { REGEX } from "./regex.ts";
import { SETS } from "./sets.ts";
import { STRING } from "./string.ts";

/** All functions but `try`, `can`, `templatefile` and `templatestring`, which evaluate their arguments themselves. */
export const FUNCTIONS: FunctionTable = {
  ...NUMERIC,
  ...STRING,
  ...REGEX,
  ...FORMAT,
  ...COLLECTION,
  ...SETS,
  ...ENCODING,
  ...FILESYSTEM,
  ...DATE,
  ...HASH,
  ...NETWORK,
  ...CONVERSION,
};
