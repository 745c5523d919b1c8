/** Bodies that are no XML-RPC answer, or none of this command: the hostile ones, and the wrong ones. */
import { okResponse } from '../support/http-message.ts';
import { CANARIES } from './canaries.ts';
import { type Fault, malformed } from './fault.ts';

const answer = (value: string) =>
  `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`;
const struct = (members: string) => answer(`<value><struct>${members}</struct></value>`);
const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
const faultOf = (value: string) => `<methodResponse><fault>${value}</fault></methodResponse>`;
const ok = struct(member('res', '<int>0</int>'));
const body = `<string>${CANARIES.body}</string>`;
const declared = (declaration: string) => ok.replace('<?xml version="1.0"?>', declaration);
const LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>';

/** The bodies by name. */
const BODIES: Readonly<Record<string, string | Buffer>> = {
  'XML: cut off': ok.slice(0, -8),
  'XML: text after the document': `${ok}${ok}`,
  'XML: text before the document': `${CANARIES.body}${ok}`,
  'XML: overlapping tags': answer('<value><string>x</value></string>'),
  'XML: endless unknown tags': `${'<a>'.repeat(8_000)}${'</b>'.repeat(8_000)}`,
  'XML: endlessly nested values': answer(`${'<value><array><data>'.repeat(2_000)}`),
  'XML: 65 levels of values': answer(
    `${'<value><array><data>'.repeat(65)}<value/>${'</data></array></value>'.repeat(65)}`,
  ),
  'XML: a DOCTYPE': declared('<!DOCTYPE methodResponse>'),
  'XML: an entity that expands exponentially': `${LAUGHS}${answer('<value>&c;</value>')}`,
  'XML: an entity from a file': `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${answer('<value>&x;</value>')}`,
  'XML: an unknown entity': answer('<value>&constructor;</value>'),
  'XML: a character beyond Unicode': answer('<value>&#x110000;</value>'),
  'XML: a negative character': answer('<value>&#-1;</value>'),
  'XML: a control character': answer('<value>\x01</value>'),
  'XML: bytes that are not UTF-8': Buffer.from(answer('<value>\xe9</value>'), 'latin1'),
  'XML: declared as Latin-1': declared('<?xml version="1.0" encoding="ISO-8859-1"?>'),
  'XML: in UTF-16': Buffer.from(`\ufeff${ok}`, 'utf16le'),
  'XML: an unclosed comment': `<!--${ok}`,
  'XML: an unclosed CDATA section': answer('<value><![CDATA[x</value>'),
  'XML-RPC: no params': '<methodResponse></methodResponse>',
  'XML-RPC: empty params': '<methodResponse><params/></methodResponse>',
  'XML-RPC: no value': '<methodResponse><params><param/></params></methodResponse>',
  'XML-RPC: a methodCall': '<methodCall><methodName>get_roster</methodName></methodCall>',
  'XML-RPC: a member __proto__': struct(member('__proto__', body)),
  'XML-RPC: a member twice': struct(`${member('res', body)}${member('res', '<int>0</int>')}`),
  'XML-RPC: a value before its name': struct('<member><value/><name>res</name></member>'),
  'XML-RPC: an invalid integer': struct(member('res', '<int>0x0</int>')),
  'XML-RPC: an integer of 33 bits': struct(member('res', '<int>4294967296</int>')),
  'XML-RPC: an invalid boolean': struct(member('res', '<boolean>true</boolean>')),
  'XML-RPC: an unknown type': struct(member('res', '<float>0</float>')),
  'XML-RPC: an empty fault': '<methodResponse><fault/></methodResponse>',
  'XML-RPC: a fault with nil': faultOf('<value><nil/></value>'),
  'XML-RPC: a fault without a code': faultOf(`<value><struct>${member('faultString', body)}</struct></value>`),
  'XML-RPC: a fault with a textual code': faultOf(
    `<value><struct>${member('faultCode', body)}${member('faultString', body)}</struct></value>`,
  ),
  'XML-RPC: a fault and params': `<methodResponse><fault>${body}</fault><params/></methodResponse>`,
  JSON: JSON.stringify({ res: 0, secret: CANARIES.body }),
  'another shape: a string': answer(`<value>${body}</value>`),
  'another shape: nil': answer('<value><nil/></value>'),
  'another shape: an integer': answer('<value><int>0</int></value>'),
  'another shape: an empty list': answer('<value><array><data/></array></value>'),
  'another shape: an empty struct': answer('<value><struct/></value>'),
  'another shape: another command’s member': struct(member('canary-body', body)),
  'another shape: the members, but of another type': struct(
    ['res', 'contacts', 'resources', 'sessions_info'].map((name) => member(name, body)).join(''),
  ),
};

export const xmlFaults: readonly Fault[] = Object.entries(BODIES).map(([name, content]) => ({
  name,
  play: async ({ socket, forward }) => {
    await forward();
    socket.write(okResponse(content));
  },
  expected: malformed,
  isSound: true,
}));
