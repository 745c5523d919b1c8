/** Runs many races on each server: `npm run races`. Prints the table of `docs/reliability.md`. */
import { scriptArguments, wholeNumberOr } from '../../infra/command/command.ts';
import { installEjabberd, type Release } from '../support/ejabberd/install.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { type Race, runRaces } from './races.ts';

const { positionals } = scriptArguments({
  name: 'npm run races',
  summary:
    'Runs calls at the same time on the same rosters, on each real server, and prints the table of docs/reliability.md.',
  argument: { name: 'races', help: 'the number of races of each kind (default: 500)' },
  options: {},
  example: '50',
});
const count = wholeNumberOr(positionals[0], 'races', 500);

const SERVERS: readonly (readonly [Release, boolean])[] = [
  ['23.01', false],
  ['24.12', false],
  ['23.01', true],
  ['24.12', true],
];
const RACES: readonly Race[] = ['link ∥ unlink', 'link ∥ link', 'link ∥ a client that removes the contact'];

const line = (texts: readonly unknown[]) => console.log(`| ${texts.join(' | ')} |`);
line(['ejabberd', 'at once', 'races', '`PartialLinkError`', 'other errors', 'half links unreported', 'nicks mixed']);
line(Array.from({ length: 7 }, () => '---'));
for (const [release, sql] of SERVERS) {
  const installed = await installEjabberd(release);
  if (!('root' in installed)) throw new Error(installed.unavailable);
  const server = await startRealEjabberd(installed.root, { sql });
  try {
    for (const race of RACES) {
      const { races, partial, failed, unreported, mixed } = await runRaces(server, race, count);
      line([`${release}, ${sql ? 'SQLite' : 'Mnesia'}`, race, races, partial, failed, unreported, mixed]);
    }
  } finally {
    await server.stop();
  }
}
