/** Defines the report of the doctor. It holds no secret and no text of a fault, so it can be shown and logged. */

/** The checks, in the order of the report. */
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

/** The name of a check. Programs that read the report rely on it. */
export type CheckName = (typeof CHECKS)[number];

/** The result of one check. */
export interface Finding {
  readonly check: CheckName;
  /** `skipped` if the check could not be run, usually because an earlier one failed. */
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** The finding in words. */
  readonly found: string;
  /** The fix, if the check failed. */
  readonly fix?: string;
  /** Lines for `ejabberd.yml` that belong to the fix. */
  readonly yaml?: string;
}

/** The report of an examination. */
export interface Report {
  /** The server: `EJABBERD_URL` without its query. */
  readonly server: string | undefined;
  /** Whether no check failed. Skipped checks do not count. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  /** The facts that can’t be checked over XML-RPC, and how to look each up. Empty if the commands were not examined. */
  readonly unseen: readonly string[];
}

/** The outcome of a check. It failed if there is a fix. */
export interface Result<T> extends Pick<Finding, 'found' | 'fix' | 'yaml'> {
  /** The value for the following checks. Without a value they are not run. */
  readonly value?: T;
}
