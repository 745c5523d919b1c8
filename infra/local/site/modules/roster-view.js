import { call, sentenceOf } from './api.js';
import { element } from './dom.js';

/** The words for the values of `show`. */
const WORDS = {
  available: 'available',
  chat: 'free to chat',
  away: 'away',
  xa: 'away for long',
  dnd: 'do not disturb',
  unavailable: 'offline',
};

/**
 * Makes a view of two people's rosters, with buttons to link and unlink them.
 *
 * @param {{ users: string[] }} demo the bare JIDs to propose; the fields take any other JID too
 */
export function rosterView({ users }) {
  const [first, second] = [
    personField('First person', 'person1', users[0]),
    personField('Second person', 'person2', users[3]),
  ];
  const people = () => [first, second].map(({ input }) => input.value.trim());
  const rosters = element('div', { class: 'rosters' });
  const status = element('p', { role: 'status' });

  const refresh = async () => {
    const [one, other] = people();
    const lists = await Promise.all([rosterOf(one, other), rosterOf(other, one)]);
    rosters.replaceChildren(...lists);
  };
  const act = (method, inputOf) => async () => {
    status.textContent = 'Sending…';
    const outcome = await call(method, inputOf(...people()));
    status.className = outcome.status === 200 ? 'ok' : 'failed';
    status.textContent = `${method}: ${sentenceOf(outcome)}`;
    await refresh();
  };
  const link = act('link_contacts', (jid1, jid2) => ({ jid1, nick1: nameOf(jid1), jid2, nick2: nameOf(jid2) }));
  const unlink = act('unlink_contacts', (jid1, jid2) => ({ jid1, jid2 }));
  for (const { input } of [first, second]) input.addEventListener('change', refresh);
  void refresh();
  return element(
    'div',
    { class: 'panel' },
    element('datalist', { id: 'users' }, ...users.map((value) => element('option', { value }))),
    element('div', { class: 'people' }, first.field, second.field),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'button', onclick: link }, 'Link'),
      element('button', { type: 'button', onclick: unlink }, 'Unlink'),
      element('button', { type: 'button', class: 'plain', onclick: refresh }, 'Read again'),
    ),
    status,
    rosters,
  );
}

function personField(label, id, value = '') {
  const input = element('input', { id, list: 'users', value, autocomplete: 'off', spellcheck: 'false' });
  return { input, field: element('div', { class: 'field' }, element('label', { for: id }, label), input) };
}

/** Returns the contacts of a person. The partner is marked. */
async function rosterOf(jid, partner) {
  if (jid === '')
    return element('section', {}, element('p', { class: 'muted' }, 'Enter a JID, such as alice@example.com.'));
  const [user = '', server = ''] = jid.split('@');
  const outcome = await call('get_roster_with_presence', { user, server });
  const title = element('h3', {}, `${nameOf(jid)}’s roster`);
  if (outcome.status !== 200) {
    return element('section', {}, title, element('p', { class: 'failed' }, sentenceOf(outcome)));
  }
  const { contacts } = outcome.body;
  if (contacts.length === 0) return element('section', {}, title, element('p', { class: 'muted' }, 'No contacts.'));
  return element('section', {}, title, element('ul', {}, ...contacts.map((contact) => contactOf(contact, partner))));
}

function contactOf({ jid, nick, show, status, subscription, groups = [] }, partner) {
  const word = WORDS[show] ?? show;
  const details = [word, status, ...groups.map((group) => `in ${group}`)].filter(Boolean).join(', ');
  const unusual = subscription === 'both' ? '' : ` (subscription ${subscription})`;
  return element(
    'li',
    { class: `show-${show}${jid === partner ? ' partner' : ''}`, 'data-jid': jid },
    element('span', { class: 'dot', 'aria-hidden': 'true' }),
    element('strong', {}, nick || jid),
    element('span', { class: 'muted' }, ` ${jid}${unusual}`),
    element('div', {}, details),
  );
}

/** Returns a name for a JID: its local part with a capital. */
function nameOf(jid) {
  const [local = ''] = jid.split('@');
  return local.charAt(0).toUpperCase() + local.slice(1);
}
