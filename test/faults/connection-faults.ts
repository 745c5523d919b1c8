/** Faults of the connection: what a network, a proxy or a server that is going down does to it. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../support/fault-proxy.ts';
import { bodyOf, okResponse, rawResponse } from '../support/http-message.ts';
import {
  except,
  type Fault,
  harmless,
  lost,
  lostUntaken,
  malformed,
  timeout,
  timeoutUntaken,
  unreachable,
  unreadSides,
} from './fault.ts';

/** Reads everything, and sends nothing. */
const silent = (socket: Socket) => void socket.resume();
const silence = () => undefined;

/** Takes the whole response from the server, and sends so much of it. */
const part =
  (share: (response: Buffer) => number, then: (exchange: Exchange) => void) => async (exchange: Exchange) => {
    const response = await exchange.forward();
    exchange.socket.write(response.subarray(0, share(response)), () => then(exchange));
  };

const head = (response: Buffer) => response.length - bodyOf(response).length;
const halfBody = (response: Buffer) => response.length - Math.ceil(bodyOf(response).length / 2);
const close = ({ socket }: Exchange) => void socket.end();
const reset = ({ reset: now }: Exchange) => now();

/** The response in pieces of one byte. */
async function drip({ socket, forward }: Exchange, pauseMs: number): Promise<void> {
  for (const byte of await forward()) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

const resetAfterBytes = (count: number) => (socket: Socket) => {
  socket.on('readable', () => {
    if (socket.read(count) !== null) socket.resetAndDestroy();
  });
};

/** A success to every command that answers with a code, and a roster and sessions of somebody else. */
const FOREIGN_ANSWER =
  '<methodResponse><params><param><value><struct><member><name>res</name><value><int>0</int></value></member>' +
  '<member><name>contacts</name><value><array><data/></array></value></member></struct></value></param></params></methodResponse>';

export const connectionFaults: readonly Fault[] = [
  { name: 'the port is closed', begin: (proxy) => proxy.refuse(), expected: unreachable },
  { name: 'packets to the port are lost', way: 'gate', isBlackHole: true, expected: () => 'EjabberdTimeoutError' },
  { name: 'accepted, then silence', accept: silent, expected: timeoutUntaken },
  { name: 'accepted, then closed', accept: (socket) => void socket.destroy(), expected: lostUntaken },
  {
    name: 'accepted, then reset',
    accept: (socket) => void setTimeout(() => socket.resetAndDestroy(), 10),
    expected: lostUntaken,
  },
  { name: 'accepted, then half closed', accept: (socket) => void socket.resume().end(), expected: lostUntaken },
  { name: 'reset after the first byte of the request', accept: resetAfterBytes(1), play: reset, expected: lostUntaken },
  { name: 'reset in the middle of the request', accept: resetAfterBytes(200), play: reset, expected: lostUntaken },
  {
    name: 'closed after the request, which ejabberd did not receive',
    play: ({ socket }) => void socket.destroy(),
    expected: lostUntaken,
  },
  { name: 'reset after the request, which ejabberd did not receive', play: reset, expected: lostUntaken },
  { name: 'closed before the response', play: part(() => 0, close), expected: lost },
  { name: 'reset before the response', play: part(() => 0, reset), expected: lost },
  {
    name: 'reset before the response, and then the port is closed',
    play: async (exchange) => {
      await exchange.forward();
      exchange.refuse();
      exchange.reset();
    },
    expected: except(lost, unreadSides),
  },
  { name: 'no response', play: part(() => 0, silence), expected: timeout },
  { name: 'closed after the first byte of the response', play: part(() => 1, close), expected: lost },
  { name: 'reset after the first byte of the response', play: part(() => 1, reset), expected: lost },
  { name: 'closed after the headers', play: part(head, close), expected: lost },
  { name: 'reset after the headers', play: part(head, reset), expected: lost },
  { name: 'silence after the headers', play: part(head, silence), expected: timeout },
  { name: 'closed in the middle of the body', play: part(halfBody, close), expected: lost },
  { name: 'reset in the middle of the body', play: part(halfBody, reset), expected: lost },
  { name: 'silence in the middle of the body', play: part(halfBody, silence), expected: timeout },
  {
    name: 'closed before the last byte of the body',
    play: part((response) => response.length - 1, close),
    expected: lost,
  },
  {
    name: 'a body without Content-Length, cut off',
    play: async ({ socket, forward }) => {
      const body = bodyOf(await forward());
      socket.end(rawResponse('200 OK', [], body.subarray(0, -1)));
    },
    expected: malformed,
  },
  {
    name: 'a body without Content-Length, whole',
    play: async ({ socket, forward }) => void socket.end(rawResponse('200 OK', [], bodyOf(await forward()))),
    expected: harmless,
    isSound: true,
  },
  { name: 'one byte every 20 ms', play: (exchange) => drip(exchange, 20), expected: timeout },
  {
    name: 'each byte in a packet of its own',
    play: (exchange) => drip(exchange, 0),
    expected: harmless,
    isSound: true,
  },
  {
    name: 'a response that comes 20 ms late',
    play: async ({ socket, forward }) => {
      const response = await forward();
      await sleep(20);
      socket.write(response);
    },
    expected: harmless,
    isSound: true,
  },
  {
    name: 'idle connections closed while the function is frozen',
    whileFrozen: (proxy) => proxy.endConnections('FIN'),
    expected: harmless,
    isSound: true,
  },
  {
    name: 'idle connections reset while the function is frozen',
    whileFrozen: (proxy) => proxy.endConnections('RST'),
    expected: harmless,
    isSound: true,
  },
  {
    name: 'an unsolicited response on idle connections while the function is frozen',
    whileFrozen: (proxy) => proxy.blurt(okResponse(FOREIGN_ANSWER)),
    expected: harmless,
    isSound: true,
  },
  {
    name: 'packets on idle connections lost while the function is frozen',
    whileFrozen: (proxy) => proxy.mute(),
    expected: except(() => 'EjabberdTimeoutError', { send_stanza: 'ok' }),
  },
  {
    name: 'idle connections and the port closed while the function is frozen',
    whileFrozen: async (proxy) => {
      proxy.refuse();
      await proxy.endConnections('FIN');
    },
    expected: () => 'EjabberdUnreachableError',
  },
];
