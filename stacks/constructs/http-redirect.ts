import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { Construct } from "constructs";
import { here } from "../source-lines.ts";
import { described } from "./described.ts";

export interface HttpRedirectProps {
  /** Prefix of the resource names, at most 50 characters. */
  readonly name: string;
  readonly description?: string;
  /** Hosts for which the map's tests hold the redirect (100 at most, fact U16). */
  readonly hosts: readonly string[];
}

const TEST_PATH = "/headgate-test";

/** Answers every plain HTTP request with a permanent redirect to the same URL over HTTPS. A `ws://` client gets it too. */
export class HttpRedirect extends Construct {
  readonly proxy: ComputeTargetHttpProxy;

  constructor(scope: Construct, id: string, props: HttpRedirectProps) {
    super(scope, id);
    const map = here(
      new ComputeUrlMap(this, "map", {
        name: `${props.name}-redirect`,
        ...described(props),
        defaultUrlRedirect: {
          httpsRedirect: true,
          redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
          stripQuery: false,
        },
        test: props.hosts.map((host) => ({
          description: `http://${host}`,
          host,
          path: TEST_PATH,
          expectedOutputUrl: `https://${host}${TEST_PATH}`,
          expectedRedirectResponseCode: 301,
        })),
      }),
    );
    this.proxy = here(
      new ComputeTargetHttpProxy(this, "proxy", { name: `${props.name}-http`, ...described(props), urlMap: map.id }),
    );
  }
}
