import { generate } from "selfsigned";

/** Key and certificate of a throw-away authority of one: it signs itself, and clients are told to trust it. */
export interface ThrowAwayCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** An EC certificate for the given names, valid for two days. */
export async function throwAwayCertificate(names: readonly string[]): Promise<ThrowAwayCertificate> {
  const pems = await generate([{ name: "commonName", value: "headgate emulated edge" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 3_600_000),
    notAfterDate: new Date(Date.now() + 2 * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: names.map((name) => ({ type: 2, value: name })) },
    ],
  });
  return { key: pems.private, certificate: pems.cert };
}
