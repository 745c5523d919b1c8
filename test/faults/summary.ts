/** The matrix as the documentation has it: faults with the same outcomes together. */
import { commandFaults } from './command-faults.ts';
import { COLUMNS, type ColumnName, type Fault } from './fault.ts';
import { ALLOWED_EXCESS_MS, TIMEOUT_MS } from './matrix.ts';
import type { Rows } from './table.ts';

const INTRODUCTION = `# Faults

This page says what a call ends in if the network, TLS, HTTP or ejabberd fails.

A proxy between the bundled functions and a server plays each fault, on each method. The deadline of a call is ${TIMEOUT_MS} ms
there. For each fault and method a test checks:

- The call ends once, at most ${ALLOWED_EXCESS_MS} ms after its deadline.
- It leaves no timer, connection or unhandled rejection, and the next call works.
- The rosters are as the outcome says.
- No stanza arrives twice. A stanza arrives only if the outcome is \`ok\` or \`OutcomeUnknownError\`.

Most faults hit every request of a call. Two kinds hit a part of a link or unlink:

- **One side**: every write to the roster of \`jid1\`, and nothing else.
- **Read-back**: every read of a roster after the first write.

[errors.md](errors.md) explains each error. [The matrix](../test/faults/matrix.md) has every fault and method. \`npm run faults\` writes
both files.`;

const NOTES = `## Notes

- Responses are read by \`node:http\`. Bytes after a whole response do not change it.
- More than ten interim responses, such as *100 Continue*, are refused, and so are headers over 16 KB.
- Lost packets end in an \`EjabberdTimeoutError\` in these tests, because the deadline is shorter than the 4 seconds that connecting may
  take. With a longer deadline, they end in an \`EjabberdUnreachableError\`.`;

/** The outcomes of a fault by column. */
type Outcomes = Readonly<Record<ColumnName, string>>;

/** Faults with the same outcomes. */
interface Group {
  readonly names: readonly string[];
  readonly outcomes: Outcomes;
}

/** The page. */
export function summaryOf(faults: readonly Fault[], rows: Rows): string {
  const isRefusal = ({ name }: Fault) => commandFaults.some((fault) => fault.name === name);
  const sections = Map.groupBy(
    groupsOf(
      faults.filter((fault) => !isRefusal(fault)),
      rows,
    ),
    ({ outcomes }) => `${outcomes.get_roster} ${outcomes.send_stanza}`,
  );
  return [
    INTRODUCTION,
    ...[...sections.values()].map(section),
    refusals(groupsOf(faults.filter(isRefusal), rows)),
    NOTES,
    '',
  ].join('\n\n');
}

function groupsOf(faults: readonly Fault[], rows: Rows): readonly Group[] {
  const groups = new Map<string, { names: string[]; outcomes: Outcomes }>();
  for (const { name } of faults) {
    const cells = rows.get(name) ?? [];
    const key = cells.join();
    const outcomes = Object.fromEntries(COLUMNS.map((column, index) => [column, cells[index] ?? ''])) as Outcomes;
    const group = groups.get(key) ?? { names: [], outcomes };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The faults that end most methods in one error. */
function section(groups: readonly Group[]): string {
  const [{ outcomes } = { outcomes: undefined }] = groups;
  if (outcomes === undefined) return '';
  const { get_roster: usual, send_stanza: stanza } = outcomes;
  const heading = `## ${nameIn(usual)}${stanza === usual ? '' : `, and ${nameIn(stanza)} for stanzas`}`;
  return [heading, ...groups.map((group) => `${partsText(group.outcomes)}\n\n${namesText(group)}`)].join('\n\n');
}

/** The outcomes of the two kinds of fault that hit a part of a link. */
function partsText(outcomes: Outcomes): string {
  const oneSide = outcomes['link_contacts, one side'];
  const readBack = outcomes['link_contacts, read back'];
  if (oneSide === readBack) return `One side and read-back: ${sidesText(oneSide)}.`;
  return `One side: ${sidesText(oneSide)}. Read-back: ${sidesText(readBack)}.`;
}

function sidesText(outcome: string): string {
  return outcome.replace(/^(`PartialLinkError`): (.*)$/, '$1 with $2');
}

function namesText({ names }: Group): string {
  return names.map((name) => `- ${codeIn(name)}`).join('\n');
}

/** Marks the names of settings and members as code. */
function codeIn(name: string): string {
  return name.replaceAll(/__\w+__|EJABBERD_\w+/g, '`$&`');
}

function nameIn(outcome: string): string {
  return outcome.replaceAll('`', '').replace(/^ok$/, 'Success');
}

/** The answers of ejabberd that are no success: each is an error of its own, and nothing was written. */
function refusals(groups: readonly Group[]): string {
  const rows = groups.map(({ names, outcomes }) => {
    const { get_roster: usual, send_stanza: stanza } = outcomes;
    return `| ${names.join('; ')} | ${usual} | ${stanza} |`;
  });
  return [
    '## Faults and results of ejabberd',
    `ejabberd answers with a fault or a result code, and writes nothing. ${partsText(groups[0]?.outcomes ?? ({} as Outcomes))}`,
    `| ejabberd answers | reads, links and unlinks | \`send_stanza\` |\n|---|---|---|\n${rows.join('\n')}`,
  ].join('\n\n');
}
