/** Chooses the session whose presence is the user's. */
import { type Presence, type Show, UNAVAILABLE } from './dialect.ts';

/** A connected resource with its presence. */
export interface Session {
  readonly resource: string;
  readonly priority: number;
  /** Seconds since it connected. */
  readonly uptime: number;
  readonly show: Show;
  readonly status: string;
}

/**
 * Returns the presence of the session with the highest non-negative priority. Ties go to the session that connected last.
 * ejabberd's own `get_presence` takes the resource that sorts last, whatever its priority (observed on 23.01 to 26.07).
 */
export function bestPresence(sessions: readonly Session[]): Presence {
  const [best] = sessions
    .filter(({ show, priority }) => show !== 'unavailable' && priority >= 0)
    .sort((a, b) => b.priority - a.priority || a.uptime - b.uptime);
  return best === undefined ? UNAVAILABLE : { resource: best.resource, show: best.show, status: best.status };
}
