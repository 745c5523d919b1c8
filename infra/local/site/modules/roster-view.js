import { call, reasonOf, sentenceOf } from './api.js';
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
  const rosters = element('div', { class: 'rosters' }, element('p', { class: 'muted' }, 'Reading both rosters…'));
  const status = element('p', { role: 'status' });

  let reads = 0;
  const refresh = async () => {
    reads += 1;
    const read = reads;
    const [one, other] = people();
    rosters.setAttribute('aria-busy', 'true');
    const lists = await Promise.all([rosterOf(one, other), rosterOf(other, one)]);
    // A later read may have ended before.
    if (read !== reads) return;
    rosters.removeAttribute('aria-busy');
    rosters.replaceChildren(...lists);
  };
  const act = (method, inputOf) => async () => {
    status.className = 'muted';
    status.textContent = 'Sending…';
    for (const button of buttons) button.disabled = true;
    const outcome = await call(method, inputOf(...people()));
    for (const button of buttons) button.disabled = false;
    status.className = outcome.status === 200 ? 'ok' : 'failed';
    status.textContent = `${method}: ${sentenceOf(outcome)}`;
    await refresh();
  };
  const link = act('link_contacts', (jid1, jid2) => ({ jid1, nick1: nameOf(jid1), jid2, nick2: nameOf(jid2) }));
  const unlink = act('unlink_contacts', (jid1, jid2) => ({ jid1, jid2 }));
  const buttons = [
    element('button', { type: 'button', onclick: link }, 'Link'),
    element('button', { type: 'button', class: 'plain', onclick: unlink }, 'Unlink'),
    element('button', { type: 'button', class: 'plain', onclick: refresh }, 'Read again'),
  ];
  for (const { input } of [first, second]) input.addEventListener('change', refresh);
  void refresh();
  return element(
    'div',
    { class: 'panel' },
    element('datalist', { id: 'users' }, ...users.map((value) => element('option', { value }))),
    element('div', { class: 'people' }, first.field, second.field),
    element('div', { class: 'actions' }, ...buttons),
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
  const [user = '', server = ''] = jid.split('@');
  if (user === '' || server === '') {
    const hint = 'Enter the JID of a user, such as alice@example.com.';
    return element('section', {}, element('h3', {}, 'No one yet'), element('p', { class: 'muted' }, hint));
  }
  const outcome = await call('get_roster_with_presence', { user, server });
  const title = element('h3', {}, `${nameOf(jid)}’s roster`);
  if (outcome.status !== 200) {
    return element('section', {}, title, element('p', { class: 'failed' }, reasonOf(outcome)));
  }
  const { contacts } = outcome.body;
  if (contacts.length === 0) {
    const hint = `No contacts. Link ${nameOf(jid)} with the other person to add one.`;
    return element('section', {}, title, element('p', { class: 'muted' }, hint));
  }
  title.append(element('span', { class: 'count' }, ` ${contacts.length}`));
  const list = element('ul', { tabindex: '0' }, ...contacts.map((contact) => contactOf(contact, partner)));
  return element('section', {}, title, list);
}

function contactOf({ jid, nick, show, status, subscription, pending, groups = [] }, partner) {
  const presence = [WORDS[show] ?? show, status].filter(Boolean).join(', ');
  const labels = [
    ...groups,
    ...(subscription === 'both' ? [] : [`subscription ${subscription}`]),
    ...(pending === 'none' ? [] : [`request ${pending}`]),
  ];
  return element(
    'li',
    { class: `show-${show}${jid === partner ? ' partner' : ''}`, 'data-jid': jid },
    element('span', { class: 'dot', 'aria-hidden': 'true' }),
    element('strong', {}, nick || jid),
    ...(nick ? [element('span', { class: 'muted jid' }, ` ${jid}`)] : []),
    element('div', {}, `${presence} `, ...labels.flatMap((label) => [element('span', { class: 'label' }, label), ' '])),
  );
}

/** Returns a name for a JID: its local part with a capital. */
function nameOf(jid) {
  const [local = ''] = jid.split('@');
  return local.charAt(0).toUpperCase() + local.slice(1);
}
