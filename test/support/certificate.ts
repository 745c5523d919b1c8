/** A self-signed certificate for 127.0.0.1, made anew: no key lies in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** Key and certificate in PEM. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
}

/** Makes one that is its own authority, and valid for a day about now. */
export function selfSigned(): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex'))); // ecdsa-with-SHA256
  const name = sequence(
    der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('127.0.0.1')))),
  );
  const day = 86_400_000;
  const validity = sequence(time(Date.now() - day / 2), time(Date.now() + day / 2));
  // subjectAltName (2.5.29.17) with one iPAddress
  const addresses = sequence(der(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = sequence(der(0x06, Buffer.from('551d11', 'hex')), der(0x04, addresses));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const base64 = sequence(body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

/** X.690: a tag, a length and the content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** UTCTime. */
function time(ms: number): Buffer {
  return der(
    0x17,
    Buffer.from(
      `${new Date(ms)
        .toISOString()
        .replace(/\.\d+|[-:T]/g, '')
        .slice(2)}`,
    ),
  );
}
