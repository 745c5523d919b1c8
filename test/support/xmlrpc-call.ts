/** An XML-RPC call that shares nothing with the product's codec: how the tests speak to a server past the functions. */
import { request } from 'node:http';
import { SaxesParser } from 'saxes';

/** A call's arguments: strings, and lists of them. */
export type Arguments = Readonly<Record<string, string | readonly string[]>>;

/** A fault, with ejabberd's text. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: unknown;

  constructor(code: unknown, text: unknown) {
    super(`${code}: ${text}`);
    this.code = code;
  }
}

/**
 * Calls a command with these structs as parameters.
 *
 * @param localAddress the loopback address to call from
 * @throws Fault
 */
export async function xmlrpcCall(
  url: string,
  method: string,
  params: readonly Arguments[],
  localAddress = '127.0.0.1',
): Promise<unknown> {
  const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params
    .map((args) => `<param>${xmlValue(args)}</param>`)
    .join('')}</params></methodCall>`;
  const answer = parse(await post(url, body, localAddress));
  if (!('fault' in answer)) return answer['value'];
  const { faultCode, faultString } = answer['fault'] as Record<string, unknown>;
  throw new Fault(faultCode, faultString);
}

function xmlValue(value: Arguments[string] | Arguments): string {
  if (typeof value === 'string') return `<value><string>${escaped(value)}</string></value>`;
  if (Array.isArray(value)) return `<value><array><data>${value.map(xmlValue).join('')}</data></array></value>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${name}</name>${xmlValue(member)}</member>`,
  );
  return `<value><struct>${members.join('')}</struct></value>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function post(url: string, body: string, localAddress: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent: false, localAddress, headers: { 'Content-Type': 'text/xml' } });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    call.setHeader('Content-Length', Buffer.byteLength(body));
    call.end(body);
  });
}

/** `{value}` or `{fault}`. Each element's end makes one value of what its children left on the stack. */
function parse(xml: string): Record<string, unknown> {
  const parser = new SaxesParser();
  const stack: { name: string; text: string; values: unknown[] }[] = [{ name: '', text: '', values: [] }];
  const answer: Record<string, unknown> = {};
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => stack.push({ name, text: '', values: [] }));
  parser.on('text', (text) => {
    const top = stack.at(-1);
    if (top) top.text += text;
  });
  parser.on('closetag', () => {
    const { name = '', text = '', values = [] } = stack.pop() ?? {};
    const parent = stack.at(-1)?.values ?? [];
    if (name === 'param') answer['value'] = values[0];
    else if (name === 'fault') answer['fault'] = values[0];
    else if (name === 'int' || name === 'i4') parent.push(Number(text));
    else if (name === 'boolean') parent.push(text === '1');
    else if (name === 'string' || name === 'name') parent.push(text);
    else if (name === 'array') parent.push(values);
    else if (name === 'member') parent.push([values[0], values[1]]);
    else if (name === 'struct') parent.push(Object.fromEntries(values as [string, unknown][]));
    else if (name === 'value') parent.push(values.length > 0 ? values[0] : text);
    else parent.push(...values);
  });
  parser.write(xml).close();
  return answer;
}
