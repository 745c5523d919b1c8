/** Faults of TLS. None may be got around, and none lets anything be sent. */
import { type Authority, createAuthority } from '../support/certificates.ts';
import { type Fault, lostUntaken, timeoutUnsent, unreachable, unreachableOnce } from './fault.ts';

/** The authority that the functions trust. */
export const authority: Authority = createAuthority('rostbeef tests');

/** The server as it should be. */
export const identity = authority.issue('localhost', 1);

const way = 'tls';
const presenting = (name: string, shown: ReturnType<Authority['issue']>): Fault => ({
  name: `TLS: ${name}`,
  way,
  begin: (proxy) => proxy.present(shown),
  expected: unreachable,
});

export const tlsFaults: readonly Fault[] = [
  presenting('a certificate of another host', authority.issue('elsewhere.test', 1)),
  presenting('a certificate that has expired', authority.issue('localhost', -1)),
  presenting('a certificate of an unknown authority', createAuthority('unknown').issue('localhost', 1)),
  {
    name: 'TLS: silence instead of the handshake',
    way,
    accept: (socket) => void socket.resume(),
    expected: timeoutUnsent,
  },
  {
    name: 'TLS: reset in the handshake',
    way,
    accept: (socket) => void socket.once('data', () => socket.resetAndDestroy()),
    expected: unreachableOnce,
  },
  {
    name: 'TLS: closed in the handshake',
    way,
    accept: (socket) => void socket.once('data', () => socket.end()),
    expected: unreachableOnce,
  },
  {
    name: 'TLS: HTTP in the clear',
    way,
    accept: (socket) => void socket.resume().write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    expected: unreachableOnce,
  },
  { name: 'TLS: closed after the request', way, play: ({ socket }) => void socket.end(), expected: lostUntaken },
  { name: 'TLS: reset after the request', way, play: ({ reset }) => reset(), expected: lostUntaken },
];
