import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import type { ComputeUrlMapPathMatcherRouteRules } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";

export interface RoutedRule {
  /** Paths matched exactly. */
  readonly exact: readonly string[];
  /** Literal prefixes, final slash included: `*` would be a literal star (fact U13). */
  readonly prefixes: readonly string[];
  /** Id of the backend service (a token). */
  readonly backend: string;
  /** Headers that the rule sets, discarding what the client sent; at most 16 are useful to a backend. */
  readonly set: readonly { readonly name: string; readonly value: string }[];
  /** Headers that the rule removes. */
  readonly remove: readonly string[];
}

export interface RoutedHost {
  /** Name of the path matcher, unique in the map. */
  readonly name: string;
  readonly host: string;
  /** In the order of matching: the first rule that matches wins. */
  readonly rules: readonly RoutedRule[];
  /** Id of the backend service for every other path. */
  readonly defaultBackend: string;
}

export interface HeaderRoutingProps {
  readonly name: string;
  readonly hosts: readonly RoutedHost[];
  /** Id of the backend service for hosts that no rule names. */
  readonly defaultBackend: string;
  /** Headers removed for every request. The URL map acts last, so nothing below can put them back (fact U2). */
  readonly removeEverywhere: readonly string[];
}

/**
 * URL map of a global external Application Load Balancer: hosts, routes and header actions. `replace` is always
 * true: the provider does not send false, and the API's default for a literal is true (facts U4, U5).
 */
export class HeaderRouting extends Construct {
  readonly urlMap: ComputeUrlMap;

  constructor(scope: Construct, id: string, props: HeaderRoutingProps) {
    super(scope, id);
    this.urlMap = here(
      new ComputeUrlMap(this, "url-map", {
        name: props.name,
        defaultService: props.defaultBackend,
        ...(props.removeEverywhere.length > 0 && {
          headerAction: { requestHeadersToRemove: [...props.removeEverywhere] },
        }),
        hostRule: props.hosts.map(({ host, name }) => ({ hosts: [host], pathMatcher: name })),
        pathMatcher: props.hosts.map(({ name, rules, defaultBackend }) => ({
          name,
          defaultService: defaultBackend,
          ...(rules.length > 0 && { routeRules: rules.map(toRouteRule) }),
        })),
      }),
    );
  }
}

function toRouteRule(rule: RoutedRule, index: number): ComputeUrlMapPathMatcherRouteRules {
  return {
    priority: (index + 1) * 10,
    service: rule.backend,
    matchRules: [
      ...rule.exact.map((path) => ({ fullPathMatch: path })),
      ...rule.prefixes.map((prefix) => ({ prefixMatch: prefix })),
    ],
    ...((rule.set.length > 0 || rule.remove.length > 0) && {
      headerAction: {
        ...(rule.set.length > 0 && {
          requestHeadersToAdd: rule.set.map(({ name, value }) => ({
            headerName: name,
            headerValue: escapeTemplate(value),
            replace: true,
          })),
        }),
        ...(rule.remove.length > 0 && { requestHeadersToRemove: [...rule.remove] }),
      },
    }),
  };
}

/** `${` and `%{` start a template in Terraform; doubled, they stand for themselves. */
export function escapeTemplate(value: string): string {
  // A replacer function, because `$$` in a replacement text stands for one `$`.
  return value.replaceAll("${", () => "$${").replaceAll("%{", () => "%%{");
}
