import { sameName } from "../http/header-list.ts";
import { isToken } from "../http/token.ts";
import { EDGE_VARIABLES } from "./edge-variables.ts";
import type { Path } from "./locate.ts";
import { nearest } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { valueText } from "./shape-problems.ts";
import { TEMPLATE_VARIABLES, fillTemplate, variablesOf } from "./template.ts";
import type { Section, WellFormed } from "./well-formed.ts";

/** Makes a problem at a path of the file. */
export type Report = (path: Path, message: string, more?: Partial<Problem>) => Problem;

/** A reference to something that is not declared, with the choices there are. */
export function danglingProblem(
  path: Path,
  id: string,
  kind: keyof WellFormed["declared"],
  { declared }: WellFormed,
  report: Report,
): Problem[] {
  const valid = declared[kind];
  if (valid.includes(id)) return [];
  const near = nearest(id, valid);
  return [
    report(path, `no such entry under ${kind}`, {
      value: valueText(id),
      valid,
      ...(near !== undefined && { nearest: near }),
    }),
  ];
}

/** Problems inside one header: template, pattern, value and subprotocols that do not fit each other. */
export function headerProblems(id: string, header: Section<"headers">, report: Report): Problem[] {
  const at = (...rest: Path): Path => ["headers", id, ...rest];
  const problems = variablesOf(header.send ?? "")
    .filter((name) => !(TEMPLATE_VARIABLES as readonly string[]).includes(name))
    .map((name) => {
      const near = nearest(name, TEMPLATE_VARIABLES);
      return report(at("send"), "unknown variable in a template", {
        value: valueText(name),
        valid: TEMPLATE_VARIABLES,
        ...(near !== undefined && { nearest: near }),
      });
    });
  if (
    typeof header.arrives === "object" &&
    header.value !== undefined &&
    !header.value.includes("{") &&
    !new RegExp(header.arrives.set).test(header.value)
  ) {
    problems.push(
      report(at("value"), `does not match its own pattern ${header.arrives.set}`, { value: valueText(header.value) }),
    );
  }
  if (header.value !== undefined && typeof header.arrives !== "object") {
    problems.push(
      report(at("value"), "only a header with arrives: { set: … } is written by the edge", {
        value: valueText(header.value),
      }),
    );
  }
  return [
    ...problems,
    ...reservedProblems(header, at, report),
    ...writtenProblems(header, at, report),
    ...subprotocolProblems(header, at, report),
  ];
}

/** True for a header that the generated edge writes. */
export function isWrittenByEdge(header: Section<"headers"> | undefined): boolean {
  return typeof header?.arrives === "object";
}

/** Names that the API refuses to write (fact V1). */
const REFUSED =
  /^(x-user-ip|cdn-loop|authority|proxy-authorization|proxy-authenticate|x-google.*|x-goog-.*|x-gfe.*|x-amz-.*)$/i;

/** Credentials and handshake headers: writing one destroys what the client sent (facts V4, U4). */
const PROTECTED = /^(authorization|cookie|origin|x-serverless-authorization|sec-websocket-.*)$/i;

/** True for a header that a contract may have the load balancer write. */
export function mayBeWritten(name: string): boolean {
  return !REFUSED.test(name) && !PROTECTED.test(name);
}

/** A written header that the API refuses, that takes a credential's place, or that a variable leaves empty (facts V1, V3). */
function writtenProblems(header: Section<"headers">, at: (...rest: Path) => Path, report: Report): Problem[] {
  if (!isWrittenByEdge(header)) return [];
  const problems: Problem[] = [];
  if (REFUSED.test(header.name))
    problems.push(
      report(at("name"), "is a name that no load balancer may write; choose another", {
        value: valueText(header.name),
      }),
    );
  if (PROTECTED.test(header.name))
    problems.push(
      report(
        at("arrives"),
        "would overwrite what the client sends; credentials and handshake headers are never written",
        {
          value: valueText(header.name),
        },
      ),
    );
  const variables = [...(header.value ?? "").replace(/\{\{|\}\}/g, "").matchAll(/\{([^{}]*)\}/g)].map(
    ([, name]) => name!,
  );
  for (const name of variables.filter((each) => !EDGE_VARIABLES.includes(each))) {
    const near = nearest(name, EDGE_VARIABLES);
    problems.push(
      report(at("value"), "unknown variable, which the load balancer would leave empty", {
        value: valueText(`{${name}}`),
        ...(near !== undefined && { nearest: near }),
      }),
    );
  }
  return problems;
}

/** Names that the connection, the handshake or the probe itself needs, so that a probe cannot try them. */
const PROBES_OWN = new Set(
  "connection content-length expect host keep-alive sec-websocket-accept sec-websocket-extensions sec-websocket-key sec-websocket-version te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

/** True for a header that no contract can declare: a probe cannot try it. */
export function isUntried(name: string): boolean {
  return PROBES_OWN.has(name.toLowerCase()) || /^x-headgate-/i.test(name);
}

function reservedProblems(header: Section<"headers">, at: (...rest: Path) => Path, report: Report): Problem[] {
  const problems: Problem[] = [];
  if (isUntried(header.name)) {
    problems.push(
      report(at("name"), "belongs to the connection or to the probe itself, which cannot try it", {
        value: valueText(header.name),
      }),
    );
  }
  const { arrives, send } = header;
  if (
    typeof arrives === "object" &&
    send !== undefined &&
    variablesOf(send).length === 0 &&
    new RegExp(arrives.set).test(send)
  ) {
    problems.push(
      report(at("send"), "matches the pattern of the edge's own value, so a forgery could not be told from it", {
        value: valueText(send),
      }),
    );
  }
  return problems;
}

function subprotocolProblems(header: Section<"headers">, at: (...rest: Path) => Path, report: Report): Problem[] {
  if (!sameName(header.name, "Sec-WebSocket-Protocol")) {
    return header.answer === undefined
      ? []
      : [report(at("answer"), "only Sec-WebSocket-Protocol is answered", { value: valueText(header.answer) })];
  }
  if (header.send === undefined)
    return [report(at("name"), "Sec-WebSocket-Protocol needs `send`: the list of subprotocols to offer")];
  const offered = header.send.split(",").map((entry) => entry.trim());
  const filled = { token: "a.b.c", "token:base64url": "YS5iLmM", nonce: "0" };
  const problems = offered
    .filter((entry) => !isToken(fillTemplate(entry, filled)))
    .map((entry) =>
      report(at("send"), "each subprotocol is a token: no blank, slash or equals sign (RFC 6455 §4.1)", {
        value: valueText(entry),
      }),
    );
  if (new Set(offered).size < offered.length) {
    problems.push(
      report(at("send"), "a subprotocol is offered once (RFC 6455 §4.1)", { value: valueText(header.send) }),
    );
  }
  if (header.answer !== undefined && !offered.includes(header.answer)) {
    problems.push(
      report(at("answer"), "the answer must be one of the offered subprotocols", {
        value: valueText(header.answer),
        valid: offered,
      }),
    );
  }
  return problems;
}
