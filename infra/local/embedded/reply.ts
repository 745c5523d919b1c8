/** Responses in the forms of ejabberd up to 23.10, and from 24.02 on. */

/** The release that the embedded server imitates. */
export type Release = '23.01' | '24.12';

/** A value of a response. */
export type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

/** The members of a tuple, in order. */
export type Tuple = Readonly<Record<string, Value>>;

/** Returns `{name: [item, …]}`. Before 24.02 an item is a struct of one member, and a tuple is a list of such structs. */
export function listReply(release: Release, name: string, itemName: string, items: readonly (string | Tuple)[]): Value {
  if (release === '24.12') return { [name]: items };
  return { [name]: items.map((item) => ({ [itemName]: typeof item === 'string' ? item : spread(item) })) };
}

/** Returns `{name: tuple}`. */
export function tupleReply(release: Release, name: string, tuple: Tuple): Value {
  return { [name]: release === '24.12' ? tuple : spread(tuple) };
}

/** Returns the HTTP body of a result. */
export function resultBody(value: Value): string {
  return `<?xml version="1.0"?><methodResponse><params><param>${xmlValue(value)}</param></params></methodResponse>`;
}

/** Returns the HTTP body of a fault. */
export function faultBody(code: number, text: string): string {
  const fault = xmlValue({ faultCode: code, faultString: `Error ${code}\n${text}` });
  return `<?xml version="1.0"?><methodResponse><fault>${fault}</fault></methodResponse>`;
}

function spread(tuple: Tuple): Value {
  return Object.entries(tuple).map(([name, value]) => ({ [name]: value }));
}

function xmlValue(value: Value): string {
  if (typeof value === 'string')
    return `<value>${value === '' ? '<string/>' : `<string>${escaped(value)}</string>`}</value>`;
  if (typeof value === 'number') return `<value><int>${value}</int></value>`;
  if (Array.isArray(value)) {
    return `<value><array>${value.length === 0 ? '<data/>' : `<data>${value.map(xmlValue).join('')}</data>`}</array></value>`;
  }
  const members = Object.entries(value).map(([name, item]) => `<member><name>${name}</name>${xmlValue(item)}</member>`);
  return `<value><struct>${members.join('')}</struct></value>`;
}

/** Carriage returns are not escaped, as in ejabberd. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
