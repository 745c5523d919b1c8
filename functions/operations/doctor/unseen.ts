/** The facts that no XML-RPC command returns, each with the way to look it up on the server's host. */
export const UNSEEN: readonly string[] = [
  'mod_roster: whether each vhost loads it. Without it, entries can’t be written. Look for mod_roster in: ' +
    'ejabberdctl dump_config /tmp/ejabberd.yml',
  'versioning of mod_roster: if it is true, each change takes as long as the roster is large. It is in the same file',
  'connected_users_info: whether the account may run it. It is not tried, because it lists every session. Look for it in ' +
    'api_permissions',
];
