/**
 * Clears the requests that are pending between two users, before they are linked.
 *
 * `add_rosteritem` keeps a pending request, and the receiver would be asked at the next login. `get_roster` does not
 * show a request that waits at its receiver. A presence of type `unsubscribe` takes back such a request, and one of
 * type `unsubscribed` denies it (RFC 6121 sections 3.2 and 3.3). Sent by a command, only its receiver's half runs.
 * Observed on ejabberd 23.01 and 24.12.
 */

import { PermissionDeniedError } from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Command } from '../command.ts';
import type { Side } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { deleteRosterItem, sendStanza } from './commands.ts';
import { asks, grants, receives } from './roster-entry.ts';
import { inWritingTime, type Progress, partialAsRead, track, type Writing } from './write-both-sides.ts';

/** One side of a link, and its progress. */
interface LinkSide {
  readonly side: Side;
  readonly progress: Progress;
}

/** A write that clears a request, and the side that it changes. */
interface Clearing {
  readonly changes: LinkSide;
  readonly command: Command<void>;
}

/**
 * Clears pending requests. Call it before the first entry is written, because the same presences would undo a link.
 *
 * @throws the first error if nothing was changed
 * @throws PartialLinkError if something was changed, or if a write had no response. A late write could undo the entries
 *   that follow
 */
export async function clearPending(run: Run, one: LinkSide, other: LinkSide, writing: Writing): Promise<void> {
  const presences = [...presencesBetween(one, other), ...presencesBetween(other, one)];
  let errors = await clear(run, presences, writing);
  const refusal = errors.find((error) => error instanceof PermissionDeniedError);
  if (refusal !== undefined && errors.every((error) => error instanceof PermissionDeniedError)) {
    const failed = await clear(run, [one, other].filter(mayDelete).map(deletion), writing);
    errors = failed.map((error) => (error instanceof PermissionDeniedError ? refusal : error));
  }
  if (errors.length === 0) return;
  if (![one, other].some(({ progress }) => progress.isTouched)) throw errors[0];
  throw await partialAsRead([one.progress, other.progress], errors[0]);
}

/**
 * Returns the presences from the owner of `one` to the owner of `other`, and back, about a request of the first.
 *
 * A subscription of `other` that agrees with `one` hides no request, and stays. A subscription that does not agree can hide a
 * request, because another program can have added the entry over it.
 */
function presencesBetween(one: LinkSide, other: LinkSide): readonly Clearing[] {
  const [asker, receiver] = [one.progress.known, other.progress.known];
  const agree = grants(receiver) && receives(asker) && !asks(asker);
  return [
    ...(agree ? [] : [presence('unsubscribe', one, other)]),
    ...(asks(asker) ? [presence('unsubscribed', other, one)] : []),
  ];
}

function presence(type: 'unsubscribe' | 'unsubscribed', from: LinkSide, to: LinkSide): Clearing {
  return { changes: to, command: presenceCommand(type, from.side.owner, to.side.owner) };
}

function presenceCommand(type: string, from: Jid, to: Jid): Command<void> {
  return { ...sendStanza(from, to, `<presence type='${type}'/>`), idempotent: true };
}

/** Tells whether an account that may not send stanzas deletes the entry. An entry without a request stays, because a user may have made it. */
function mayDelete({ progress: { known } }: LinkSide): boolean {
  return known === undefined || asks(known);
}

function deletion(changes: LinkSide): Clearing {
  return { changes, command: deleteRosterItem(changes.side) };
}

/** Runs the writes, and returns their errors. */
async function clear(run: Run, clearings: readonly Clearing[], { deadline }: Writing): Promise<readonly unknown[]> {
  const errors = await inWritingTime(deadline, (writing) =>
    Promise.all(
      clearings.map(({ changes, command }) =>
        track(changes.progress, () => run(command, { deadline: writing, once: true })),
      ),
    ),
  );
  return errors.filter((error) => error !== undefined);
}
