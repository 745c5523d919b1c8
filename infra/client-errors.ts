/** The error classes of the client, made of the catalogue of errors, the gateway's errors and the client's own. */
import { errorCatalogue } from 'rostbeef-layer';
import { GENERATED } from './client-types.ts';
import { ERROR_WITH_SIDES, ERRORS_WITH_ISSUES } from './error-schemas.ts';
import { GATEWAY_ERRORS } from './gateway-errors.ts';

interface Kind {
  readonly name: string;
  readonly summary: string;
  readonly retryable: boolean;
  /** Whether a call that is not idempotent may have been carried out. */
  readonly leavesOutcomeOpen?: boolean | undefined;
}

/** The errors of the client itself. */
const CLIENT_ERRORS: readonly Kind[] = [
  {
    name: 'ApiUnreachableError',
    summary: 'There is no connection to the API, and nothing was sent',
    retryable: true,
  },
  {
    name: 'ApiConnectionLostError',
    summary: 'The connection to the API broke before it answered',
    retryable: true,
    leavesOutcomeOpen: true,
  },
  {
    name: 'ApiTimeoutError',
    summary: 'The API did not answer within the time of the call',
    retryable: true,
    leavesOutcomeOpen: true,
  },
  {
    name: 'ApiAnswerError',
    summary: 'The answer is not one of this API',
    retryable: false,
    leavesOutcomeOpen: true,
  },
  {
    name: 'SigningError',
    summary: 'The request could not be signed, and nothing was sent',
    retryable: false,
  },
];

/** The source of `client/src/generated/errors.ts`. */
export function clientErrors(): string {
  const kinds: readonly Kind[] = [
    ...errorCatalogue(),
    ...GATEWAY_ERRORS.map((error) => ({ ...error, leavesOutcomeOpen: /^Function/.test(error.name) })),
    ...CLIENT_ERRORS,
  ];
  const names = kinds.map(({ name }) => name);
  return [
    GENERATED,
    "import { CallError, type ErrorDetails } from '../call-error.ts';\nimport type { Issue, Sides } from './methods.ts';",
    ...kinds.map(classOf),
    `/** The closed set of errors that a call can end in, distinguished by \`name\`. */\nexport type RostbeefError =\n${names.map((name) => `  | ${name}`).join('\n')};`,
    `/** The name of an error. */\nexport type ErrorName = RostbeefError['name'];`,
    `/** The class of every error by its name. */\nexport const ERROR_CLASSES = {\n${names.map((name) => `  ${name},`).join('\n')}\n} as const;`,
    '',
  ].join('\n\n');
}

function classOf({ name, summary, retryable, leavesOutcomeOpen }: Kind): string {
  const lines = [
    `  override readonly name = '${name}';`,
    `  override readonly retryable = ${retryable};`,
    ...(leavesOutcomeOpen ? ['  override readonly leavesOutcomeOpen = true;'] : []),
  ];
  const { member, assignment } = structureOf(name);
  const body = member
    ? `${lines.join('\n')}\n  ${member}\n\n  constructor(message: string, details: ErrorDetails = {}) {\n    super(message, details);\n    ${assignment}\n  }`
    : lines.join('\n');
  return `/** ${summary}. */\nexport class ${name} extends CallError {\n${body}\n}`;
}

/** The member that this error has, in addition to those of every error. */
function structureOf(name: string): { readonly member: string; readonly assignment: string } {
  if (ERRORS_WITH_ISSUES.includes(name)) {
    return {
      member: '/** Everything that is wrong, by the member that holds it. */\n  readonly issues: readonly Issue[];',
      assignment: 'this.issues = details.issues ?? [];',
    };
  }
  if (name === ERROR_WITH_SIDES) {
    return {
      member: '/** The state of both rosters, as they were last read. */\n  readonly sides: Sides;',
      assignment: "this.sides = details.sides ?? { jid1: 'unknown', jid2: 'unknown' };",
    };
  }
  return { member: '', assignment: '' };
}
