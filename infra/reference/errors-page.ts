/** Writes docs/errors.md: every error, with when it is thrown and what to do. */
import { STATUS_CODES } from 'node:http';
import { catalogue, errorCatalogue } from 'rostbeef-layer';
import { errorExample } from '../error-examples.ts';
import { codesOf, ERROR_WITH_SIDES, ERRORS_WITH_ISSUES, statusesOf } from '../error-schemas.ts';
import { GATEWAY_ERRORS } from '../gateway-errors.ts';
import { type ErrorKind, errorsOf } from '../method-errors.ts';
import { guideTo } from './error-guide.ts';
import { errorAnchor, jsonBlock, pageHead, table } from './markdown.ts';

const PURPOSE = `This page lists every error of the functions: when it is thrown, and what to do.

Match errors by name. By HTTP, a problem's \`type\` is \`urn:rostbeef:error:<name>\`, and each name has a section on this page. A direct
invocation has the name as \`errorType\`.

- **Retryable** errors may pass: the same call may be repeated, and does no harm. Every method but \`send_stanza\` is idempotent.
  \`send_stanza\` never ends in a retryable error if the stanza may have been sent.
- **Fields** are members of the problem. [Direct invocations](calling.md#direct-invocation) have \`issues\` and \`sides\` at the end of
  the message.
- [Faults](faults.md) says which error each fault of the network or of ejabberd ends in. [Reliability](reliability.md) says what the
  functions guarantee.`;

/** The page. */
export function errorsPage(): string {
  return [pageHead('Errors', PURPOSE), summary(), ...errorCatalogue().map(section), gatewaySection(), ''].join('\n\n');
}

function summary(): string {
  const rows = errorCatalogue().map(({ name, summary: meaning, status, retryable }) => [
    `[\`${name}\`](${errorAnchor(name)})`,
    meaning,
    String(status ?? '–'),
    retryable ? 'yes' : 'no',
  ]);
  return table(['name', 'meaning', 'HTTP', 'retryable'], rows);
}

function section(kind: ErrorKind): string {
  const { name, summary: meaning, status } = kind;
  const { when, action } = guideTo(name);
  return [
    `## ${name}`,
    `\`urn:rostbeef:error:${name}\`: ${meaning}.`,
    `**When.** ${when}`,
    `**What to do.** ${action}`,
    facts(kind),
    ...(status === undefined ? [] : [jsonBlock(errorExample(name))]),
  ].join('\n\n');
}

function facts(kind: ErrorKind): string {
  const { name, retryable, condition } = kind;
  const statuses = statusesOf(kind);
  const codes = codesOf(kind);
  const fields = [
    ...(ERRORS_WITH_ISSUES.includes(name) ? ['`issues`: a list of `path` and `message`'] : []),
    ...(name === ERROR_WITH_SIDES ? ['`sides`: `jid1` and `jid2`, each `written`, `not` or `unknown`'] : []),
    ...(codes.length > 0 ? [`\`code\`: ${codes.join(', ')}`] : []),
    ...(name === 'UndefinedConditionError' ? ['`code`: the server’s'] : []),
    ...(condition === undefined ? [] : [`\`condition\`: \`${condition}\``]),
  ];
  return [
    `- HTTP status: ${statuses.length === 0 ? 'none' : statuses.join(', ')}`,
    `- Retryable: ${retryable ? 'yes' : 'no'}`,
    ...(fields.length === 0 ? [] : [`- Fields: ${fields.join('; ')}`]),
    `- Methods: ${methodsText(name)}`,
  ].join('\n');
}

function methodsText(name: string): string {
  const methods = catalogue.filter((method) => errorsOf(method).some((error) => error.name === name));
  if (name === 'UnsupportedEventError' || methods.length === catalogue.length) return 'all';
  if (methods.length === 0) return 'none of a known server';
  return methods.map((method) => `[\`${method.name}\`](methods.md#${method.name})`).join(', ');
}

function gatewaySection(): string {
  const rows = GATEWAY_ERRORS.map(({ name, summary: meaning, status, retryable }) => [
    `\`${name}\``,
    meaning,
    `${status} ${STATUS_CODES[status]}`,
    retryable ? 'yes' : 'no',
  ]);
  return [
    '## Errors of the gateway',
    'API Gateway reports these problems by itself, before a function runs or in its place. Their `type` is `about:blank`.',
    table(['name', 'meaning', 'HTTP', 'retryable'], rows),
    jsonBlock(errorExample('TooManyRequestsError')),
  ].join('\n\n');
}
