import { generate } from "selfsigned";

/** Key and certificate for a server, and the authority that clients are told to trust. All are PEM. */
export interface ThrowAwayCertificate {
  readonly key: string;
  readonly certificate: string;
}

export interface ThrowAwayAuthority {
  readonly certificate: string;
  /** A server's certificate for these names, always with the same key. */
  readonly issue: (names: readonly string[]) => Promise<ThrowAwayCertificate>;
}

const EC = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;

/** An EC certificate for the given names, valid for two days. It signs itself, so that clients can trust it alone. */
export async function throwAwayCertificate(names: readonly string[]): Promise<ThrowAwayCertificate> {
  const pems = await generate(subject("headgate emulated edge"), {
    ...EC,
    ...validity(),
    extensions: [{ name: "basicConstraints", cA: true }, alternativeNames(names)],
  });
  return { key: pems.private, certificate: pems.cert };
}

const made = new Map<string, Promise<ThrowAwayCertificate>>();

/**
 * The same certificate for the same names, as long as this process runs: a run that serves one edge under several readings
 * makes one, and its clients need one TLS context.
 */
export function throwAwayCertificateFor(names: readonly string[]): Promise<ThrowAwayCertificate> {
  const key = names.join(" ");
  const known = made.get(key) ?? throwAwayCertificate(names);
  made.set(key, known);
  return known;
}

/** An authority and the certificates it signs: browsers refuse one that is authority and server at once. */
export async function throwAwayAuthority(): Promise<ThrowAwayAuthority> {
  const root = await generate(subject("headgate emulated edge: throw-away authority"), {
    ...EC,
    ...validity(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  let keyPair: { publicKey: string; privateKey: string } | undefined;
  const issue = async (names: readonly string[]): Promise<ThrowAwayCertificate> => {
    const pems = await generate(subject("headgate emulated edge"), {
      ...EC,
      ...validity(),
      ca: { key: root.private, cert: root.cert },
      ...(keyPair !== undefined && { keyPair }),
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        alternativeNames(names),
      ],
    });
    keyPair = { publicKey: pems.public, privateKey: pems.private };
    return { key: pems.private, certificate: pems.cert };
  };
  return { certificate: root.cert, issue };
}

function subject(value: string): { name: string; value: string }[] {
  return [{ name: "commonName", value }];
}

function validity(): { notBeforeDate: Date; notAfterDate: Date } {
  return {
    notBeforeDate: new Date(Date.now() - 3_600_000),
    notAfterDate: new Date(Date.now() + 2 * 86_400_000),
  };
}

function alternativeNames(names: readonly string[]) {
  return { name: "subjectAltName" as const, altNames: names.map((value) => ({ type: 2 as const, value })) };
}
