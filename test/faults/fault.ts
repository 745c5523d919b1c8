/** Defines a fault, and the outcome that is expected of it. */
import type { Interference } from '../support/fault-proxy.ts';

/** The seven methods. Those that write two sides come again with the fault at one phase: the writes of one side, or the read-back. */
export const COLUMNS = [
  'link_contacts',
  'link_contacts, one side',
  'link_contacts, read back',
  'unlink_contacts',
  'unlink_contacts, one side',
  'get_roster',
  'get_roster_with_presence',
  'get_presence',
  'get_resources',
  'send_stanza',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

/** The name of the error, or `ok`; of a `PartialLinkError` also what it says of both sides. */
export type Expected = (column: ColumnName) => string;

/** The server that a fault changes. */
export type Way = 'plain' | 'tls' | 'gate';

/** One fault. */
export interface Fault extends Interference {
  readonly name: string;
  readonly expected: Expected;
  /** Whether the exchange is sound as HTTP, so that the connection may be used again. */
  readonly isSound?: boolean;
  /** How the functions come to the server; `plain` where nothing is said. */
  readonly way?: Way;
  /** Stops the functions’ process, after a call that went well, while this is done. */
  readonly whileFrozen?: Interference['begin'];
  /** Stops the way to the server meanwhile: packets are lost. */
  readonly isBlackHole?: boolean;
}

const isOneSide = (column: ColumnName) => column.endsWith('one side');
const isReadBack = (column: ColumnName) => column.endsWith('read back');

/** By what is known of the call: that it never left, or that it may have been taken. */
function outcome(idempotent: string, stanza: string, side: string): Expected {
  return (column) => {
    if (isOneSide(column)) return side;
    if (isReadBack(column)) return idempotent === 'ok' ? 'ok' : UNREAD_SIDES;
    return column === 'send_stanza' ? stanza : idempotent;
  };
}

/** The roster was read back, and the write is not in it. */
const UNWRITTEN_SIDE = 'PartialLinkError: jid1 not, jid2 written';
/** No roster could be read back. */
const UNREAD_SIDES = 'PartialLinkError: jid1 unknown, jid2 unknown';

/** Nothing harmful: the answer comes all the same. */
export const harmless = outcome('ok', 'ok', 'ok');
/** No connection, so nothing was sent. At one side, no connection for the read-back either. */
export const unreachable = outcome('EjabberdUnreachableError', 'EjabberdUnreachableError', UNREAD_SIDES);
/** The same, but at one side the read-back finds a connection. */
export const unreachableOnce = outcome('EjabberdUnreachableError', 'EjabberdUnreachableError', UNWRITTEN_SIDE);
/** Time ran out before anything was sent. */
export const timeoutUnsent = outcome('EjabberdTimeoutError', 'EjabberdTimeoutError', UNWRITTEN_SIDE);
/** The server did what it was asked, and its answer does not come. At one side, the read-back shows it. */
export const timeout = outcome('EjabberdTimeoutError', 'OutcomeUnknownError', 'ok');
/** The server never got the request, and no answer comes. */
export const timeoutUntaken = outcome('EjabberdTimeoutError', 'OutcomeUnknownError', UNWRITTEN_SIDE);
/** The server did what it was asked, and the connection breaks before its answer has come. */
export const lost = outcome('ConnectionLostError', 'OutcomeUnknownError', 'ok');
/** The server never got the request, and the connection breaks. */
export const lostUntaken = outcome('ConnectionLostError', 'OutcomeUnknownError', UNWRITTEN_SIDE);
/** The server did what it was asked, and what comes is not its answer. */
export const malformed = outcome('MalformedResponseError', 'OutcomeUnknownError', 'ok');

/** The server itself says no: nothing was written or sent. */
export function refusal(name: string): Expected {
  return outcome(name, name, UNWRITTEN_SIDE);
}

/** As another expectation, but for some columns. */
export function except(others: Expected, these: Partial<Record<ColumnName, string>>): Expected {
  return (column) => these[column] ?? others(column);
}

/** The state of one side if neither roster can be read back. */
export const unreadSides: Partial<Record<ColumnName, string>> = {
  'link_contacts, one side': UNREAD_SIDES,
  'unlink_contacts, one side': UNREAD_SIDES,
};
