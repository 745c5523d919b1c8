/** Lists the methods. Routes, documents, schemas and functions are derived from this list. */

import type { Method } from './define-method.ts';
import { getPresence } from './get-presence.ts';
import { getResources } from './get-resources.ts';
import { getRoster } from './get-roster.ts';
import { getRosterWithPresence } from './get-roster-with-presence.ts';
import { linkContacts } from './link-contacts.ts';
import { sendStanza } from './send-stanza.ts';
import { unlinkContacts } from './unlink-contacts.ts';

/**
 * The seven methods, in the order of the documentation.
 *
 * @example
 * catalogue.map(({ name }) => name) // ['link_contacts', 'unlink_contacts', …]
 */
export const catalogue: readonly Method[] = [
  linkContacts,
  unlinkContacts,
  getRoster,
  getRosterWithPresence,
  getPresence,
  getResources,
  sendStanza,
];
