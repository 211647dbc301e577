import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import type {
  ComputeUrlMapHeaderAction,
  ComputeUrlMapPathMatcherRouteRules,
  ComputeUrlMapTest,
} from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";
import { escapeTemplate } from "../terraform-text.ts";
import { described } from "./described.ts";

export interface RoutedRule {
  /** Paths matched exactly. */
  readonly exact: readonly string[];
  /** Literal prefixes, final slash included: `*` would be a literal star (fact U13). */
  readonly prefixes: readonly string[];
  /** Id of the backend service (a token). */
  readonly backend: string;
  /** Headers that the rule sets, discarding what the client sent; 16 of them and 8 KiB at most (fact V2). */
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
  /** Resource name, at most 63 characters. */
  readonly name: string;
  readonly description?: string;
  readonly hosts: readonly RoutedHost[];
  /**
   * Host to which requests for every other host are redirected. No service may get them: a client chooses its `Host`, and
   * behind none of the rules it could send what they remove.
   */
  readonly redirectOthersTo: string;
  /** Headers removed for every request. The URL map acts last, so nothing below can put them back (fact U2). */
  readonly removeEverywhere: readonly string[];
  /** Response headers of every answer, such as the stamp of the configuration. */
  readonly respondWith?: readonly { readonly name: string; readonly value: string }[];
}

/** Last segment of the paths that the map's own tests ask for. */
const TEST_PATH = "headgate-test";

/**
 * URL map of a global external Application Load Balancer: hosts, routes and header actions, and a test for every path
 * (100 at most, fact U16), without which the API refuses an update. `replace` is always true: the provider does not send
 * false, and the API's default for a literal is true (facts U4, U5).
 */
export class HeaderRouting extends Construct {
  readonly urlMap: ComputeUrlMap;

  constructor(scope: Construct, id: string, props: HeaderRoutingProps) {
    super(scope, id);
    const action = mapAction(props);
    this.urlMap = here(
      new ComputeUrlMap(this, "url-map", {
        name: props.name,
        ...described(props),
        defaultUrlRedirect: {
          hostRedirect: props.redirectOthersTo,
          httpsRedirect: true,
          redirectResponseCode: "TEMPORARY_REDIRECT",
          stripQuery: false,
        },
        ...(action !== undefined && { headerAction: action }),
        hostRule: props.hosts.map(({ host, name }) => ({ hosts: [host], pathMatcher: name })),
        pathMatcher: props.hosts.map(({ name, rules, defaultBackend }) => ({
          name,
          defaultService: defaultBackend,
          ...(rules.length > 0 && { routeRules: rules.map(toRouteRule) }),
        })),
        test: props.hosts.flatMap(testsOf),
      }),
    );
  }
}

function mapAction({ removeEverywhere, respondWith = [] }: HeaderRoutingProps): ComputeUrlMapHeaderAction | undefined {
  if (removeEverywhere.length === 0 && respondWith.length === 0) return undefined;
  return {
    ...(removeEverywhere.length > 0 && { requestHeadersToRemove: [...removeEverywhere] }),
    ...(respondWith.length > 0 && {
      responseHeadersToAdd: respondWith.map(({ name, value }) => ({
        headerName: name,
        headerValue: escapeTemplate(value),
        replace: true,
      })),
    }),
  };
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

/** One test a path form, and one for the default where no rule catches everything. */
function testsOf(host: RoutedHost): ComputeUrlMapTest[] {
  const paths = host.rules.flatMap(({ exact, prefixes }) => [
    ...exact,
    ...prefixes.map((prefix) => `${prefix}${TEST_PATH}`),
  ]);
  const all = host.rules.some(({ prefixes }) => prefixes.includes("/")) ? paths : [...paths, `/${TEST_PATH}`];
  return all.map((path) => ({
    description: `${host.host}${path}`,
    host: host.host,
    path,
    service: backendFor(host, path),
  }));
}

function backendFor({ rules, defaultBackend }: RoutedHost, path: string): string {
  const first = rules.find(
    ({ exact, prefixes }) => exact.includes(path) || prefixes.some((prefix) => path.startsWith(prefix)),
  );
  return first?.backend ?? defaultBackend;
}
