/** Which of a user's sessions speaks for them. */
import { type Presence, type Show, UNAVAILABLE } from './dialect.ts';

/** A connected resource, with what chooses among a user's sessions. */
export interface Session {
  readonly resource: string;
  readonly priority: number;
  /** Seconds since it connected. */
  readonly uptime: number;
  readonly show: Show;
  readonly status: string;
}

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
