import type { StaticRule } from "../define-rule.ts";
import { certificateListIgnored } from "./certificate-list-ignored.ts";
import { certificateNameWithoutHostRule } from "./certificate-name-without-host-rule.ts";
import { hostWithoutCertificate } from "./host-without-certificate.ts";
import { tooManyCertificates } from "./too-many-certificates.ts";
import { wildcardWithoutAuthorization } from "./wildcard-without-authorization.ts";

/** Rules on certificates: which hosts they cover, and what Google takes of them. */
export const CERTIFICATE_RULES: readonly StaticRule[] = [
  hostWithoutCertificate,
  certificateNameWithoutHostRule,
  certificateListIgnored,
  tooManyCertificates,
  wildcardWithoutAuthorization,
];
