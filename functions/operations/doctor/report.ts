/** What an examination comes to. It holds no secret and no text of a fault, and may be shown and logged as it is. */

/** What is looked at, in the order of the report. */
export const CHECKS = [
  'settings',
  'name resolution',
  'TCP',
  'TLS',
  'endpoint',
  'secret',
  'credentials',
  'mod_admin_extra',
  'release',
  'permissions',
  'vhosts',
  'shared rosters',
  'backlog',
] as const;

/** The name of a check: public, for whoever reads the report by program. */
export type CheckName = (typeof CHECKS)[number];

/** What one check came to. */
export interface Finding {
  readonly check: CheckName;
  /** `skipped` where it could not be tried, mostly since an earlier one failed. */
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** In words. */
  readonly found: string;
  /** What to do about it, where it failed. */
  readonly mend?: string;
  /** Lines for `ejabberd.yml` that do it, where it is done there. */
  readonly yaml?: string;
}

/** The whole examination. */
export interface Report {
  /** Where the server should be: `EJABBERD_URL` without its query. */
  readonly server: string | undefined;
  /** Whether nothing failed. What was skipped did not. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** What a check found: it failed where there is something to mend. */
export interface Result<T> extends Pick<Finding, 'found' | 'mend' | 'yaml'> {
  /** For the checks that come after it; without one they are not tried. */
  readonly value?: T;
}
