/** Certificates for a test, made on the spot: X.509 as RFC 5280 has it, with P-256 keys. Nothing else is needed. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate with its private key, both in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority. */
export interface Authority {
  /** Its own certificate, in PEM. */
  readonly certificate: string;
  /**
   * Issues a certificate.
   *
   * @param host its one name
   * @param validDays from now on; negative for one that has ended
   */
  issue(host: string, validDays: number): Identity;
}

const DAY_MS = 24 * 60 * 60_000;
const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));

/** Makes an authority that no client trusts yet. */
export function createAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))));
  const authority = { subject: name, publicKey, issuer: name, signer: privateKey };
  return {
    certificate: certificateOf({ ...authority, ends: Date.now() + 3650 * DAY_MS, extensions: [isAuthority] }),
    issue(host, validDays) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = extension('551d11', sequence(der(0x82, Buffer.from(host))));
      const ends = Date.now() + validDays * DAY_MS;
      const certificate = certificateOf({
        ...authority,
        subject: host,
        publicKey: own.publicKey,
        ends,
        extensions: [names],
      });
      return { certificate, key: String(own.privateKey.export({ type: 'sec1', format: 'pem' })) };
    },
  };
}

/** A certificate for 127.0.0.1 that is its own authority, as `node:tls` takes it. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const address = extension('551d11', sequence(der(0x87, Buffer.from([127, 0, 0, 1]))));
  const name = { subject: '127.0.0.1', issuer: '127.0.0.1' };
  const cert = certificateOf({
    ...name,
    publicKey,
    signer: privateKey,
    ends: Date.now() + DAY_MS,
    extensions: [address],
  });
  return { key: String(privateKey.export({ type: 'sec1', format: 'pem' })), cert };
}

interface Content {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly ends: number;
  readonly extensions: readonly Buffer[];
}

function certificateOf({ subject, publicKey, issuer, signer, ends, extensions }: Content): string {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, ...crypto.getRandomValues(new Uint8Array(8))])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(Date.now() - 100 * DAY_MS), time(ends)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, signer));
  const lines =
    sequence(content, ECDSA_WITH_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)))));
}

function extension(identifier: string, value: Buffer): Buffer {
  return sequence(der(0x06, Buffer.from(identifier, 'hex')), der(0x04, value));
}

/** UTCTime, to the second. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value with its tag and length. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
