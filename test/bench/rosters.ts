/** Answers of `get_roster` byte by byte as ejabberd writes them. */

/** The shape: a row is an array of one-member structs up to 23.10, and one struct since 24.02. */
export type Shape = '23.01' | '24.12';

/** The characters of the nicks. */
export type Letters = 'ascii' | 'non-ascii';

const FIRST = { ascii: ['Alice', 'Robert', 'Carol', 'Dave'], 'non-ascii': ['Zoë', 'Łukasz', 'Ирина', '美咲 🌸'] };
const LAST = { ascii: ['Liddell', 'Tables', 'Kaye'], 'non-ascii': ['Müller', 'Žižek', 'O’Brien'] };

/** An answer with this many contacts. */
export function rosterAnswer(shape: Shape, contacts: number, letters: Letters = 'ascii'): Buffer {
  const rows = Array.from({ length: contacts }, (_, index) => rowOf(shape, index, letters));
  const list = `<value><array><data>${rows.join('')}</data></array></value>`;
  return Buffer.from(
    `<?xml version="1.0"?><methodResponse><params><param><value><struct>${member('contacts', list)}</struct></value></param></params></methodResponse>`,
  );
}

function rowOf(shape: Shape, index: number, letters: Letters): string {
  const pick = (names: readonly string[]) => names[index % names.length] ?? '';
  const nick = `${pick(FIRST[letters])} ${pick(LAST[letters])} ${index}`;
  const start = { jid: `contact${index}@example.com`, nick, subscription: 'both' };
  const group = index % 3 === 0 ? '' : `Team ${index % 20}`;
  if (shape === '24.12') {
    const groups = group === '' ? '<value><array><data/></array></value>' : list(text(group));
    return struct(members({ ...start, pending: 'undefined' }) + member('groups', groups));
  }
  const fields = Object.entries({ ...start, ask: 'undefined', group });
  return struct(member('contact', list(fields.map(([name, value]) => struct(member(name, text(value)))).join(''))));
}

function members(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => member(name, text(value)))
    .join('');
}

function list(items: string): string {
  return `<value><array><data>${items}</data></array></value>`;
}

function struct(content: string): string {
  return `<value><struct>${content}</struct></value>`;
}

function member(name: string, value: string): string {
  return `<member><name>${name}</name>${value}</member>`;
}

function text(value: string): string {
  return value === '' ? '<value><string/></value>' : `<value><string>${value}</string></value>`;
}
