/** ejabberd's own preparation of the parts of a JID, asked inside its Erlang VM. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathIn } from './paths.ts';

/** A text as ejabberd prepares it in each part of a JID; `undefined` if ejabberd refuses it there. */
export interface Prepared {
  readonly local: string | undefined;
  readonly domain: string | undefined;
  readonly resource: string | undefined;
}

/** Hexadecimal lines in, and three hexadecimal words a line out, because a text may hold a line break. */
const PROGRAM = `
  {ok, _} = application:ensure_all_started(stringprep),
  {ok, Lines} = file:read_file("texts"),
  Hex = fun(error) -> <<"-">>; (Text) -> binary:encode_hex(Text) end,
  Prepare = fun(Line) ->
    Text = binary:decode_hex(Line),
    lists:join(" ", [Hex(jid:nodeprep(Text)), Hex(jid:nameprep(Text)), Hex(jid:resourceprep(Text))])
  end,
  Answers = [Prepare(Line) || Line <- binary:split(Lines, <<"\\n">>, [global])],
  ok = file:write_file("answers", lists:join("\\n", Answers)),
  halt().`;

/**
 * Asks ejabberd's `jid:nodeprep/1`, `jid:nameprep/1` and `jid:resourceprep/1` about texts. The server itself is not started.
 *
 * @param root the folder that ejabberd's packages are unpacked in
 * @param texts well-formed texts, in any number
 * @returns the answers, in the order of the texts
 * @example
 * await askStringprep(root, ['Straße']) // [{ local: 'strasse', domain: 'strasse', resource: 'Straße' }]
 */
export async function askStringprep(root: string, texts: readonly string[]): Promise<readonly Prepared[]> {
  const folder = await mkdtemp(join(tmpdir(), 'stringprep-'));
  try {
    await writeFile(join(folder, 'texts'), texts.map((text) => Buffer.from(text).toString('hex')).join('\n'));
    await runErlang(root, folder);
    const answers = await readFile(join(folder, 'answers'), 'latin1');
    return answers.split('\n').map((line) => {
      const [local, domain, resource] = line.split(' ').map(fromHex);
      return { local, domain, resource };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fromHex(word: string): string | undefined {
  return word === '-' ? undefined : Buffer.from(word, 'hex').toString();
}

async function runErlang(root: string, folder: string): Promise<void> {
  const erlang = join(root, 'usr/lib/erlang');
  const programs = await pathIn(erlang, 'erts-*/bin');
  await promisify(execFile)(join(programs, 'erlexec'), ['+K', 'true', '-noshell', '-eval', PROGRAM], {
    cwd: folder,
    timeout: 120_000,
    env: {
      HOME: folder,
      ROOTDIR: erlang,
      BINDIR: programs,
      EMU: 'beam',
      PROGNAME: 'erl',
      ERL_LIBS: await pathIn(root, 'usr/lib/*-linux-*'),
      ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
      PATH: process.env['PATH'],
    },
  });
}
