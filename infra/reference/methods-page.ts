/** Writes docs/methods.md: every method with its input, its result, an example and its errors. */
import { catalogue, errorCatalogue, type Method } from 'rostbeef-layer';
import { type ErrorKind, errorsOf } from '../method-errors.ts';
import { openApi } from '../openapi.ts';
import { inputName, resultName, type Schema } from '../schemas.ts';
import { errorAnchor, jsonBlock, pageHead, table } from './markdown.ts';
import { typeText } from './type-text.ts';

const PURPOSE = `This page has the input, the result and the errors of each method. [openapi.json](openapi.json) has the same for programs, and
[Call the functions](calling.md) says how to send an input.

- A member that a method does not know is refused.
- A string holds only characters that XML 1.0 allows. A stanza has at most \`EJABBERD_MAX_STANZA_BYTES\` bytes of UTF-8, by default
  262,144.
- JIDs are read in the form that ejabberd keeps: [Limits](limits.md#jids) has the rules.
- Besides the errors that are listed here, a server may answer with [any code of XEP-0086](errors.md), and
  [the gateway](errors.md#errors-of-the-gateway) has errors of its own.`;

/** The effect of an optional member that is not given. A test compares the names with the schemas. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  group1: 'the groups stay as they are',
  group2: 'the groups stay as they are',
  maxResults: 'all contacts',
  nextToken: 'the first page',
  idempotencyKey: 'the id of the event or message, if there is one',
};

/** The page. */
export function methodsPage(): string {
  const { components } = JSON.parse(JSON.stringify(openApi()));
  const schemas: Readonly<Record<string, Schema>> = components.schemas;
  const list = catalogue.map(({ name, summary }) => `- [\`${name}\`](#${name}): ${summary}.`).join('\n');
  return [
    pageHead('Methods', PURPOSE),
    list,
    ...catalogue.map((method) => section(method, schemas)),
    contactsSection(schemas),
    `## Errors of every method\n\n${links(commonErrors())}.`,
    '',
  ].join('\n\n');
}

function section(method: Method, schemas: Readonly<Record<string, Schema>>): string {
  const { name, summary, description, example, idempotent } = method;
  const common = commonErrors();
  const own = errorsOf(method).filter((error) => !common.includes(error));
  return [
    `## ${name}`,
    `${summary}.`,
    description,
    `Idempotent: ${idempotent ? 'yes' : 'only with an [idempotency key](send-once.md)'}.`,
    inputTable(schemas[inputName(method)] ?? {}),
    jsonBlock(example.input),
    'The result:',
    resultTable(schemas[resultName(method)] ?? {}),
    jsonBlock(example.result),
    `Errors: ${own.length === 0 ? '' : `${links(own)}, and `}[those of every method](#errors-of-every-method).`,
  ].join('\n\n');
}

function commonErrors(): readonly ErrorKind[] {
  return errorCatalogue().filter((error) => catalogue.every((method) => errorsOf(method).includes(error)));
}

function links(errors: readonly ErrorKind[]): string {
  return errors.map(({ name }) => `[\`${name}\`](errors.md${errorAnchor(name)})`).join(', ');
}

function inputTable({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeText(schema),
    required.includes(name) ? 'required' : (DEFAULTS[name] ?? ''),
    schema.description ?? '',
  ]);
  return table(['member', 'type', 'default', 'meaning'], rows);
}

function resultTable({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeText(schema),
    required.includes(name) ? 'yes' : 'no',
    schema.description ?? '',
  ]);
  return table(['member', 'type', 'always there', 'meaning'], rows);
}

/** The contacts in the results of the methods that read rosters. */
function contactsSection(schemas: Readonly<Record<string, Schema>>): string {
  const { properties: plain = {} } = schemas['Contact'] ?? {};
  const { properties: all = {} } = schemas['ContactWithPresence'] ?? {};
  const rows = Object.entries(all).map(([name, schema]) => [
    `\`${name}\``,
    typeText(schema),
    name in plain ? 'both' : '`get_roster_with_presence`',
    schema.description ?? '',
  ]);
  return [
    '## Contact',
    'The members of a contact. Every member is always there.',
    table(['member', 'type', 'method', 'meaning'], rows),
  ].join('\n\n');
}
