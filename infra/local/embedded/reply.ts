/** Answers in the forms of two releases: up to 23.10, and since 24.02. */

/** Which ejabberd is played. */
export type Release = '23.01' | '24.12';

/** What an answer is made of. */
export type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

/** A tuple's members in order. */
export type Tuple = Readonly<Record<string, Value>>;

/** `{name: [item, …]}`: before 24.02 every item is a struct of one member, and a tuple a list of such structs. */
export function listReply(release: Release, name: string, itemName: string, items: readonly (string | Tuple)[]): Value {
  if (release === '24.12') return { [name]: items };
  return { [name]: items.map((item) => ({ [itemName]: typeof item === 'string' ? item : spread(item) })) };
}

/** `{name: tuple}`. */
export function tupleReply(release: Release, name: string, tuple: Tuple): Value {
  return { [name]: release === '24.12' ? tuple : spread(tuple) };
}

/** The HTTP body of an answer. */
export function resultBody(value: Value): string {
  return `<?xml version="1.0"?><methodResponse><params><param>${xmlValue(value)}</param></params></methodResponse>`;
}

/** The HTTP body of a fault. */
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

/** Carriage returns stay raw, as ejabberd writes them. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
