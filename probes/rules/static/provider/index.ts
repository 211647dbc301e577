import type { StaticRule } from "../define-rule.ts";
import { missingArgument } from "./missing-argument.ts";
import { unknownArgument } from "./unknown-argument.ts";
import { wrongArgumentType } from "./wrong-argument-type.ts";

/** Rules that follow from the provider's own schema, and from its version. */
export const PROVIDER_RULES: readonly StaticRule[] = [unknownArgument, wrongArgumentType, missingArgument];
