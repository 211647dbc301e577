import { describe, expect, it } from "vitest";
import { EdgeSecurityPolicy } from "../../../stacks/constructs/edge-security-policy.ts";
import type { EdgeSecurityPolicyProps } from "../../../stacks/constructs/edge-security-policy.ts";
import { edit } from "../../support/builders.ts";
import type { Json } from "../../support/reference.ts";
import { SYSTEM, all, synthesize, synthesizeStack } from "../synthesize.ts";

const PROPS: EdgeSecurityPolicyProps = {
  name: "guard",
  waf: "preview",
  rateLimit: { requests: 100, perSeconds: 10 },
  socketPaths: [{ host: "api.example.com", exact: ["/ws"], prefixes: [] }],
  credentials: ["Authorization"],
};

function rules(more: Partial<EdgeSecurityPolicyProps>): Json[] {
  const terraform = synthesizeStack((stack) => new EdgeSecurityPolicy(stack, "guard", { ...PROPS, ...more }));
  return all(terraform, "google_compute_security_policy")[0].rule as Json[];
}

const expressions = (some: readonly Json[]): string[] =>
  some.flatMap(({ match }) => (match.expr?.expression as string | undefined) ?? []);

describe("the signatures", () => {
  const waf = (more: Partial<EdgeSecurityPolicyProps>): Json[] =>
    rules(more).filter(({ action }) => action === "deny(403)");

  it("are left out where they are off", () => {
    expect(waf({ waf: "off" })).toEqual([]);
  });

  it("are enforced where that is declared", () => {
    expect(waf({ waf: "enforce" }).map(({ preview }) => preview)).toEqual([undefined, undefined]);
  });

  it("look at everything where no header carries a credential", () => {
    for (const rule of waf({ credentials: [] })) expect(rule).not.toHaveProperty("preconfigured_waf_config");
  });

  it("look at no cookie where one carries a credential, and at no header of that name", () => {
    const [{ preconfigured_waf_config: config }] = waf({ credentials: ["COOKIE"] }) as [Json];
    expect(config.exclusion).toEqual([
      { target_rule_set: "sqli-v33-stable", request_cookie: [{ operator: "EQUALS_ANY" }] },
    ]);
  });

  it("leave out a name once, however often and in whatever case it is declared", () => {
    const headers =
      '  authorization-too: { name: AUTHORIZATION, send: "Bearer ${token}", arrives: present }\n  source:';
    const text = edit(
      edit(SYSTEM, "  source:", headers),
      "headers: [authorization, identity]",
      "headers: [authorization-too, identity]",
    );
    const [policy] = all(synthesize(text).terraform, "google_compute_security_policy");
    const names = (policy.rule as Json[]).flatMap(
      (rule) => (rule.preconfigured_waf_config?.exclusion[0].request_header as Json[] | undefined) ?? [],
    );
    expect(names).toEqual(Array(2).fill({ operator: "EQUALS", value: "AUTHORIZATION" }));
  });
});

describe("the socket paths", () => {
  const sockets = (exact: readonly string[], prefixes: readonly string[] = []): Json[] =>
    rules({ waf: "off", socketPaths: [{ host: "api.example.com", exact, prefixes }] }).slice(0, -2);
  const ON_HOST = " && request.headers['host'].lower() == 'api.example.com'";

  it("stand in no rule where there are none", () => {
    expect(sockets([])).toEqual([]);
  });

  it("stand in as many rules as four terms each need, in rising order, all before the signatures", () => {
    const many = sockets(["/a", "/b", "/c"], ["/d/", "/e/", "/f/"]);
    expect(expressions(many)).toEqual([
      `(request.path == '/a' || request.path == '/b' || request.path == '/c' || request.path.startsWith('/d/'))${ON_HOST}`,
      `(request.path.startsWith('/e/') || request.path.startsWith('/f/'))${ON_HOST}`,
    ]);
    expect(many.map(({ priority }) => priority as number)).toEqual([1000, 1001]);
  });

  it("stand in no expression longer than 2048 characters, each in one", () => {
    const long = Array.from({ length: 5 }, (_, index) => `/${String(index).repeat(900)}`);
    const written = expressions(sockets(long));
    expect(written.map((text) => text.length).filter((length) => length > 2048)).toEqual([]);
    expect(written).toHaveLength(3);
    expect(written.join("\n").match(/\d{900}/g)).toEqual(long.map((path) => path.slice(1)));
  });

  it("go past the signatures on their own host alone, each host by rules of its own", () => {
    const two = rules({
      waf: "off",
      socketPaths: [
        { host: "api.example.com", exact: ["/ws"], prefixes: ["/ws/"] },
        { host: "live.example.com", exact: ["/feed"], prefixes: [] },
      ],
    }).slice(0, -2);
    expect(expressions(two)).toEqual([
      `(request.path == '/ws' || request.path.startsWith('/ws/'))${ON_HOST}`,
      "request.path == '/feed' && request.headers['host'].lower() == 'live.example.com'",
    ]);
    expect(two.map(({ priority }) => priority as number)).toEqual([1000, 1001]);
  });

  it("cannot leave the text of their expression", () => {
    expect(expressions(sockets(["/it's\\ws"]))).toEqual([`request.path == '/it\\'s\\\\ws'${ON_HOST}`]);
  });
});
