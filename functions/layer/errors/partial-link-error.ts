/** The error of a link or unlink that is incomplete, or could not be verified. */
import { type ErrorDetails, type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** The state of one side of a link or unlink. {@link PartialLinkError} defines the values. */
export type SideState = 'written' | 'not' | 'unknown';

/** The states of both sides: of the roster of `jid1`, and of the roster of `jid2`. */
export interface Sides {
  readonly jid1: SideState;
  readonly jid2: SideState;
}

/**
 * A link or unlink changed a roster, but is incomplete or could not be verified in both. Repeat the call to complete it.
 *
 * `sides` has the last known state of each roster:
 * - `written`: the roster is as requested, and this call wrote to it
 * - `not`: the roster is not as requested, or this call wrote nothing to it
 * - `unknown`: the roster could not be read, or whether this call wrote to it is unknown
 *
 * @example
 * new PartialLinkError({ jid1: 'written', jid2: 'unknown' }).sides.jid2 // 'unknown'
 */
export class PartialLinkError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'PartialLinkError',
    summary: 'The change is incomplete in one of the two rosters, or could not be verified',
    status: 502,
    retryable: true,
    blame: 'ejabberd',
  };
  readonly sides: Sides;

  /** @param details its `detail` is the advice. The default is to repeat the call */
  constructor(sides: Sides, { detail = 'repeat the call to complete it', ...details }: ErrorDetails = {}) {
    super({ ...details, detail: `jid1 ${sides.jid1}, jid2 ${sides.jid2}; ${detail}` });
    this.sides = sides;
  }
}
