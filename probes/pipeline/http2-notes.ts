import type { Judged } from "./input.ts";

/** What a run over HTTP/2 did not send so, and what the edge says of WebSockets over HTTP/2 (fact W7). */
export function http2Notes(judged: readonly Judged[]): string[] {
  const plain = judged.filter(({ case: { protocol } }) => protocol === "http").map(({ observation }) => observation);
  const older = plain.filter(({ prober }) => prober === "raw").length;
  const announced = new Set(plain.flatMap(({ extendedConnect }) => extendedConnect ?? []));
  return [
    ...(older === 0
      ? []
      : [
          `HTTP/2 of ${older} plain ${older === 1 ? "request" : "requests"}: with header lines that it cannot carry as they are (RFC 9113 §8.2.2), sent over HTTP/1.1`,
        ]),
    ...(announced.size === 0 ? [] : [`WebSockets over HTTP/2: ${ANNOUNCED[words(announced)]}`]),
  ];
}

function words(announced: ReadonlySet<boolean>): keyof typeof ANNOUNCED {
  if (announced.size > 1) return "both";
  return announced.has(true) ? "yes" : "no";
}

const ANNOUNCED = {
  yes: "the edge announces SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441), so a browser may use them; every upgrade went over HTTP/1.1",
  no: "the edge does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441), so a browser upgrades over HTTP/1.1",
  both: "some connections announced SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441) and some did not; every upgrade went over HTTP/1.1",
} as const;
