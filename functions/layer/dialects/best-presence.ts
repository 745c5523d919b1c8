/** Which of a user's sessions speaks for them. */
import type { Jid } from '../xmpp/jid.ts';
import { elseIfNotFound } from './ejabberd/accounts.ts';
import { type Session, userSessions } from './ejabberd/commands.ts';
import { type Presence, UNAVAILABLE } from './dialect.ts';
import type { Run } from './run-command.ts';

/**
 * The presence of the session with the highest non-negative priority, of equal ones the newest. ejabberd's own
 * `get_presence` takes the resource that sorts last, whatever its priority (seen on 23.01, 24.12 and 26.07).
 */
export function bestPresence(sessions: readonly Session[]): Presence {
  const [best] = sessions
    .filter(({ show, priority }) => show !== 'unavailable' && priority >= 0)
    .sort((a, b) => b.priority - a.priority || a.uptime - b.uptime);
  return best === undefined ? UNAVAILABLE : { resource: best.resource, show: best.show, status: best.status };
}

/** A user's sessions; none for a vhost that the server does not have. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIfNotFound<readonly Session[]>([]));
}
