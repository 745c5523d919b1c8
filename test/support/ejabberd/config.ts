/** The configuration of a test's ejabberd. JSON is YAML. */

/** The ports of one server, all on 127.0.0.1. */
export interface Ports {
  readonly c2s: number;
  readonly http: number;
  /** As `http`, with TLS, where there is a certificate for it. */
  readonly https: number;
}

export const HOST = 'xmpp.test';
export const OTHER_HOST = 'other.test';
export const ADMIN = 'rostbeef';
export const POWERLESS = 'powerless';
export const ROTATOR = 'rotator';

/** What the account of the functions may run: the README's list, and no more. */
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

/** The harness calls from here, and needs no account; who calls from anywhere else does. */
export const HARNESS_ADDRESS = '127.0.0.2';

/**
 * The text of `ejabberd.yml`.
 *
 * @param certificateFile key and certificate in PEM; without it, nothing listens with TLS
 */
export function ejabberdConfig({ c2s, http, https }: Ports, certificateFile?: string): string {
  const listener = { ip: '127.0.0.1', backlog: 1024 };
  const web = {
    ...listener,
    module: 'ejabberd_http',
    request_handlers: { '/xmlrpc': 'ejabberd_xmlrpc', '/api': 'mod_http_api' },
  };
  return JSON.stringify({
    hosts: [HOST, OTHER_HOST],
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
      { ...web, port: http },
      ...(certificateFile === undefined ? [] : [{ ...web, port: https, tls: true }]),
    ],
    ...(certificateFile !== undefined && { certfiles: [certificateFile] }),
    acl: { rostbeef: { user: [`${ADMIN}@${HOST}`] }, rotation: { user: [`${ROTATOR}@${HOST}`] } },
    api_permissions: {
      harness: { from: ['ejabberd_xmlrpc'], who: [{ ip: `${HARNESS_ADDRESS}/32` }], what: '*' },
      functions: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rostbeef' }], what: FUNCTION_COMMANDS },
      api: { from: ['mod_http_api'], who: [{ acl: 'rostbeef' }], what: FUNCTION_COMMANDS },
      rotation: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rotation' }], what: ['change_password'] },
    },
    auth_method: ['internal'],
    auth_password_format: 'plain',
    disable_sasl_mechanisms: ['X-OAUTH2'],
    s2s_access: 'none',
    registration_timeout: 'infinity',
    max_fsm_queue: 100_000,
    modules: {
      mod_admin_extra: {},
      mod_disco: {},
      mod_http_api: {},
      mod_last: {},
      mod_offline: {},
      mod_ping: {},
      mod_roster: {},
    },
  });
}
