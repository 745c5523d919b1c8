import { once } from 'node:events';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { Deadline, hostAndPort } from 'rostbeef-layer';
import { tlsYaml } from './advice.ts';
import { CONNECT_MS, codeOf, millisecondsSince } from './network.ts';
import type { Result } from './report.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Days before its end at which a certificate should have been renewed. Most are renewed 30 days before. */
const SOON_DAYS = 14;

const RENEW = 'Renew the certificate that certfiles names, then: ejabberdctl reload_config';

/** Checks whether the functions trust the server's certificate, and for how long. */
export async function checkTls(url: URL, ca: string | undefined, deadline: Deadline): Promise<Result<true>> {
  if (url.protocol !== 'https:') {
    return {
      found: 'not used: EJABBERD_URL begins with http, so the password crosses the network readable',
      value: true,
    };
  }
  const limit = new Deadline(CONNECT_MS, deadline);
  const started = performance.now();
  const { host, port } = hostAndPort(url);
  // Nothing is sent over this connection. It accepts any certificate, so that its problem can be named.
  const socket = connect({
    host,
    port,
    ca,
    rejectUnauthorized: false,
    ...(isIP(host) === 0 && { servername: host }),
  });
  try {
    await once(socket, 'secureConnect', { signal: limit.signal });
    return judge(socket, socket.getPeerCertificate(), host, ca !== undefined);
  } catch (error) {
    return notTls(url, limit.reason !== undefined ? `no answer within ${millisecondsSince(started)}` : codeOf(error));
  } finally {
    limit.end();
    // An attempt that was ended can still fail.
    socket.on('error', () => {}).destroy();
  }
}

function notTls(url: URL, reason: string): Result<never> {
  return {
    found: `the handshake failed (${reason})`,
    fix: 'Let the listener speak TLS, or let EJABBERD_URL begin with http.',
    yaml: tlsYaml(url),
  };
}

function judge(socket: TLSSocket, certificate: PeerCertificate, host: string, hasOwnCa: boolean): Result<true> {
  const validTo = new Date(certificate.valid_to);
  const days = Math.floor((validTo.getTime() - Date.now()) / DAY_MS);
  const ends = validTo.toISOString().slice(0, 10);
  const ended = days < 0 ? `the certificate expired on ${ends}` : 'a certificate of the chain has expired';
  const problems = [
    ...chainProblems(String(socket.authorizationError ?? ''), ended, hasOwnCa),
    ...hostProblems(certificate, host),
  ];
  if (problems.length > 0) {
    return {
      found: problems.map(({ found }) => found).join('; '),
      fix: problems.map(({ fix }) => fix).join(' '),
    };
  }
  const found = `${socket.getProtocol()}, the certificate is trusted, names ${host} and ends in ${days} days, on ${ends}`;
  // The functions still work, and so do the following checks.
  return { found, value: true, ...(days < SOON_DAYS && { fix: `${RENEW}.` }) };
}

interface Problem {
  readonly found: string;
  readonly fix: string;
}

/** @param problem the error code of OpenSSL. Node.js also reports a wrong host name there, if the chain is valid */
function chainProblems(problem: string, ended: string, hasOwnCa: boolean): readonly Problem[] {
  if (problem === '' || problem === 'ERR_TLS_CERT_ALTNAME_INVALID') return [];
  if (problem === 'CERT_HAS_EXPIRED') return [{ found: ended, fix: `${RENEW}.` }];
  if (problem === 'CERT_NOT_YET_VALID') {
    return [
      {
        found: 'the certificate is not valid yet',
        fix: 'Correct the clock of the machine that made it, and make a new certificate.',
      },
    ];
  }
  const [found, fix] = hasOwnCa
    ? ['is not signed by the authority in EJABBERD_CA_PEM', 'Put the certificate of the authority that signed it there']
    : ['is signed by no authority that Node.js trusts', 'Put the certificate of its authority into EJABBERD_CA_PEM'];
  return [
    {
      found: `the certificate ${found} (${problem})`,
      fix: `${fix}; and let the file that certfiles names hold the chain up to it.`,
    },
  ];
}

function hostProblems(certificate: PeerCertificate, host: string): readonly Problem[] {
  if (checkServerIdentity(host, certificate) === undefined) return [];
  return [
    {
      found: `the certificate is not for ${host}, but for ${certificate.subjectaltname ?? 'no host at all'}`,
      fix: 'Name the host in EJABBERD_URL as the certificate does, or get a certificate with that name.',
    },
  ];
}
