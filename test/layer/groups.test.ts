import { describe, expect, it } from 'vitest';
import type { GroupsArgument } from '../../functions/layer/dialects/ejabberd/commands.ts';
import { type LearnedGroups, refuseSplitGroups, writeEntry } from '../../functions/layer/dialects/ejabberd/groups.ts';
import type { Run } from '../../functions/layer/dialects/run-command.ts';
import { errorOfCode, InvalidInputError } from '../../functions/layer/errors/index.ts';

const jid = { local: 'a', domain: 'example.com', resource: '' };
const entry = { owner: jid, contact: { ...jid, local: 'b' }, nick: 'B', groups: ['x', 'y'] };

/** Nodes that take turns, each with the form in which its release takes groups; keeps what each wrote. */
function clusterOf(...forms: readonly GroupsArgument[]) {
  const written: unknown[] = [];
  let turn = 0;
  const run: Run = async (command) => {
    const form = forms[turn % forms.length];
    turn += 1;
    const { groups, group, subs } = command.args;
    if (subs === undefined) {
      const text = `Error -116\nRequired attribute '${form === 'groups' ? 'subs' : 'group'}' not found`;
      const answer = command.readFault?.({ code: -116, text });
      if (answer === undefined) throw new Error('an answer is required');
      return answer;
    }
    if (form === 'groups' && groups === undefined) throw errorOfCode(-116);
    if (form === 'group' && group === undefined) throw errorOfCode(-120);
    written.push(groups ?? group);
    return command.read({ res: 0 });
  };
  return { run, written };
}

describe('an entry with groups', () => {
  it.each<[GroupsArgument, GroupsArgument, unknown]>([
    ['group', 'groups', ['x', 'y']],
    ['groups', 'group', 'x;y'],
  ])('is written once more in the form of the new release, from %s to %s', async (before, after, expected) => {
    const learned: LearnedGroups = { argument: before };
    const { run, written } = clusterOf(after);
    await writeEntry(run, entry, learned);
    expect(written).toEqual([expected]);
    expect(learned.argument).toBe(after);
  });

  it('is written in a cluster whose nodes have different releases', async () => {
    const { run, written } = clusterOf('group', 'groups', 'groups');
    await writeEntry(run, entry, { argument: undefined });
    expect(written).toHaveLength(1);
  });

  it('is given up if every form is refused', async () => {
    const refusing: Run = async (command) => {
      if (command.args['subs'] !== undefined) throw errorOfCode(-120);
      return clusterOf('groups').run(command);
    };
    await expect(writeEntry(refusing, entry, { argument: 'groups' })).rejects.toMatchObject({ code: -120 });
  });

  it('is not written if the server would split a group of the contact', async () => {
    const { run, written } = clusterOf('group');
    await expect(writeEntry(run, { ...entry, groups: ['a;b'] }, { argument: undefined })).rejects.toThrow(
      InvalidInputError,
    );
    expect(written).toEqual([]);
  });

  it.each([
    ['that is given', 'a;b', [], 'must not hold ";"'],
    ['that the contact has', undefined, ['a;b'], 'is required, because the contact is in a group that holds ";"'],
  ])('is refused for a group %s, with what to do', (_, group, groups, message) => {
    const known = { jid: 'b@example.com', nick: '', groups, subscription: 'both', pending: 'none' } as const;
    const side = { owner: jid, contact: entry.contact, nick: 'B', group, shared: [] };
    const refuse = () => refuseSplitGroups({ group2: [side, known] });
    expect(refuse).toThrow(InvalidInputError);
    expect(refuse).toThrow(message);
  });
});
