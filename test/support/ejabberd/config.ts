/** The configuration of a test's ejabberd, in the order of its documentation. JSON is YAML. */
import { join } from 'node:path';
import { mergeLines } from './merge-lines.ts';

/** The ports of one server, all on 127.0.0.1. */
export interface Ports {
  readonly c2s: number;
  readonly http: number;
  /** Where the harness calls, however the listener under test is set. */
  readonly harness: number;
}

/** How a server differs from the one that is set up well. */
export interface Variation {
  /** Options of the listener under test, on top of its own; `undefined` leaves one to its default. */
  readonly listener?: Readonly<Record<string, unknown>>;
  /** Rules in the place of the one that lets the account run every command. */
  readonly permissions?: Readonly<Record<string, unknown>>;
  /** The vhosts, if they are not the usual two. */
  readonly hosts?: readonly string[];
  /** Modules that are not loaded. */
  readonly without?: readonly string[];
  /** Keeps rosters, accounts and what is offline in a database of SQLite, as production servers keep them in SQL. */
  readonly sql?: boolean;
  /** Lines of `ejabberd.yml`, merged as an operator merges them. */
  readonly lines?: string;
  /** Writes another `ejabberd.yml`, with a listener on each of the ports. The folder may hold files that it includes. */
  readonly text?: (ports: Ports, folder: string) => Promise<string>;
}

export const HOST = 'xmpp.test';
export const OTHER_HOST = 'other.test';
export const ADMIN = 'rostbeef';
export const POWERLESS = 'powerless';
export const ROTATOR = 'rotator';

/** The commands that the account of the functions may run, as in `docs/ejabberd.md`. */
export const FUNCTION_COMMANDS = [
  'add_rosteritem',
  'check_account',
  'connected_users_info',
  'connected_users_number',
  'connected_users_vhost',
  'delete_rosteritem',
  'get_roster',
  'registered_vhosts',
  'send_stanza',
  'user_resources',
  'user_sessions_info',
];

/** The commands that the account may also run, to read shared roster groups. */
export const SHARED_GROUP_COMMANDS = ['srg_get_info', 'srg_get_members', 'srg_list'];

/** The harness calls from here, and needs no account; who calls from anywhere else does. */
export const HARNESS_ADDRESS = '127.0.0.2';

/** The file of the SQLite database of a server. */
export function databaseOf(spool: string): string {
  return join(spool, 'ejabberd.sqlite');
}

/**
 * The text of `ejabberd.yml`.
 *
 * @param spool the folder for everything that the server writes
 */
export function ejabberdConfig({ c2s, http, harness }: Ports, spool: string, variation: Variation = {}): string {
  const {
    listener: varied,
    permissions,
    hosts = [HOST, OTHER_HOST],
    without = [],
    sql = false,
    lines = '',
  } = variation;
  const listener = { ip: '127.0.0.1', backlog: 1024 };
  const modules = ['admin_extra', 'disco', 'http_api', 'last', 'offline', 'ping', 'roster'].map(
    (name) => `mod_${name}`,
  );
  const config = {
    hosts,
    // Less would not tell which ports are open.
    loglevel: 'info',
    log_rotate_count: 0,
    language: 'en',
    listen: [
      {
        ...listener,
        port: c2s,
        module: 'ejabberd_c2s',
        starttls: false,
        starttls_required: false,
        max_stanza_size: 4 * 1024 * 1024,
        shaper: 'none',
        access: 'all',
      },
      {
        ...listener,
        port: http,
        module: 'ejabberd_http',
        request_handlers: { '/xmlrpc': 'ejabberd_xmlrpc', '/api': 'mod_http_api' },
        ...varied,
      },
      {
        ...listener,
        port: harness,
        module: 'ejabberd_http',
        request_handlers: { '/api': 'mod_http_api', '/': 'ejabberd_xmlrpc' },
      },
    ],
    acl: { rostbeef: { user: [`${ADMIN}@${HOST}`] }, rotation: { user: [`${ROTATOR}@${HOST}`] } },
    api_permissions: {
      harness: { from: ['ejabberd_xmlrpc'], who: [{ ip: `${HARNESS_ADDRESS}/32` }], what: '*' },
      ...(permissions ?? {
        functions: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rostbeef' }], what: FUNCTION_COMMANDS },
      }),
      rotation: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rotation' }], what: ['change_password'] },
    },
    ...(sql && { default_db: 'sql', sql_type: 'sqlite', sql_database: databaseOf(spool) }),
    auth_method: [sql ? 'sql' : 'internal'],
    auth_password_format: 'plain',
    disable_sasl_mechanisms: ['X-OAUTH2'],
    s2s_access: 'none',
    registration_timeout: 'infinity',
    max_fsm_queue: 100_000,
    modules: Object.fromEntries(modules.filter((name) => !without.includes(name)).map((name) => [name, {}])),
  };
  return mergeLines(inBlocks(config), lines);
}

/** One line an option, and in a map one a member: where an operator would add his own. */
function inBlocks(config: Readonly<Record<string, unknown>>): string {
  const line = ([name, value]: readonly [string, unknown]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}\n`;
  return Object.entries(config)
    .map(([name, value]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return `${name}: ${JSON.stringify(value)}\n`;
      return `${name}:\n${Object.entries(value)
        .map((member) => `  ${line(member)}`)
        .join('')}`;
    })
    .join('');
}
