import { routingMap } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import { lastRule } from "./plant.ts";
import type { Plant } from "./plant.ts";

const UNTOUCHED = "no action touches a credential, a handshake header or a header of the connection";
const WRITTEN = "the edge writes X-Request-Source on the routes that declare it, and nothing else on any route";

export const headers: readonly Plant[] = [
  ...["Authorization", "Cookie", "Origin", "X-Serverless-Authorization", "Proxy-Authorization", "Host"].map((name) => ({
    name: `removes ${name}`,
    plant: removed(name),
    caughtBy: UNTOUCHED,
  })),
  ...["Key", "Version", "Protocol", "Extensions"].map((name) => ({
    name: `removes Sec-WebSocket-${name}`,
    plant: removed(`Sec-WebSocket-${name}`),
    caughtBy: UNTOUCHED,
  })),
  ...["Upgrade", "Connection"].map((name) => ({ name: `removes ${name}`, plant: removed(name), caughtBy: UNTOUCHED })),
  ...["Authorization", "Cookie", "Origin", "Sec-WebSocket-Protocol", "X-Forwarded-For", "X-Forwarded-Proto"].map(
    (name) => ({ name: `writes ${name}`, plant: added(name), caughtBy: UNTOUCHED }),
  ),
  ...["Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Upgrade", "Connection", "Set-Cookie"].map((name) => ({
    name: `answers with a ${name} of its own`,
    plant: answered(name),
    caughtBy: UNTOUCHED,
  })),
  ...["X-Goog-Iap-Jwt-Assertion", "X-Google-Id", "X-Gfe-Id", "X-Amz-Id", "X-User-IP", "CDN-Loop", "X_Under_Score"].map(
    (name) => ({
      name: `removes ${name}`,
      plant: removed(name),
      caughtBy: "no action touches a name that the API reserves",
    }),
  ),
  {
    name: "appends where it should replace",
    plant: added("X-Other", false),
    caughtBy: "whatever is written replaces what the client sent: the provider does not send replace = false",
  },
  { name: "writes an undeclared header", plant: added("X-Other"), caughtBy: WRITTEN },
  {
    name: "removes at the map what a route writes",
    plant: removed("X-Request-Source"),
    caughtBy: "no name stands in both lists of an action, nor under a removal of a broader level",
  },
  {
    name: "removes at a route what the map removes",
    plant: (terraform) => void (lastRule(terraform).header_action.request_headers_to_remove = ["X-User-Id"]),
    caughtBy: "forgeable headers are removed at the map, which acts last, and nowhere else",
  },
];

function removed(...names: string[]): (terraform: Json) => void {
  return (terraform) => routingMap(terraform).header_action.request_headers_to_remove.push(...names);
}

function added(name: string, replace = true): (terraform: Json) => void {
  return (terraform) => {
    const option = { header_name: name, header_value: "x", replace };
    lastRule(terraform).header_action.request_headers_to_add.push(option);
  };
}

function answered(name: string): (terraform: Json) => void {
  return (terraform) =>
    routingMap(terraform).header_action.response_headers_to_add.push({
      header_name: name,
      header_value: "x",
      replace: true,
    });
}
