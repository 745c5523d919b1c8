/** What a fault is, and what has to come of it. */
import type { Interference } from '../support/fault-proxy.ts';

/** The seven methods, and the two that write two sides with the fault at the writes of one side alone. */
export const COLUMNS = [
  'link_contacts',
  'link_contacts, one side',
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

/** What the functions stand before. */
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

/** By what is known of the call: that it never left, or that it may have been taken. */
function outcome(idempotent: string, stanza: string, side: string): Expected {
  return (column) => {
    if (isOneSide(column)) return side;
    return column === 'send_stanza' ? stanza : idempotent;
  };
}

const UNKNOWN_SIDE = 'PartialLinkError: jid1 unknown, jid2 written';

/** Nothing harmful: the answer comes all the same. */
export const harmless = outcome('ok', 'ok', 'ok');
/** No connection, so nothing was sent; at one side, the request that met the fault may have arrived. */
export const unreachable = outcome('EjabberdUnreachableError', 'EjabberdUnreachableError', UNKNOWN_SIDE);
/** Time ran out before anything was sent. */
export const timeoutUnsent = outcome('EjabberdTimeoutError', 'EjabberdTimeoutError', UNKNOWN_SIDE);
export const timeout = outcome('EjabberdTimeoutError', 'OutcomeUnknownError', UNKNOWN_SIDE);
export const lost = outcome('ConnectionLostError', 'OutcomeUnknownError', UNKNOWN_SIDE);
export const malformed = outcome('MalformedResponseError', 'OutcomeUnknownError', UNKNOWN_SIDE);

/** The server itself says no: nothing was written or sent. */
export function refusal(name: string): Expected {
  return outcome(name, name, 'PartialLinkError: jid1 not, jid2 written');
}

/** As another expectation, but for some columns. */
export function except(others: Expected, these: Partial<Record<ColumnName, string>>): Expected {
  return (column) => these[column] ?? others(column);
}
