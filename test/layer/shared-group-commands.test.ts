import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../functions/layer/dialects/command.ts';
import {
  describeSharedGroup,
  listSharedGroupMembers,
  listSharedGroups,
} from '../../functions/layer/dialects/ejabberd/shared-group-commands.ts';
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';

const corpus = join(import.meta.dirname, '../fuzz/corpus/answer');

/** The result that a command reads from a real server's response. */
function readIn<T>(release: string, command: Command<T>): T {
  const response = decodeResponse(readFileSync(join(corpus, `${release}-${command.name}.xml`)));
  if (response.kind !== 'result') throw new Error('expected a result');
  return command.read(response.value);
}

describe.each(['23.01', '24.12'])('an answer of ejabberd %s', (release) => {
  it('lists shared roster groups, a group’s members, and what a group is', () => {
    expect(readIn(release, listSharedGroups('xmpp.test'))).toEqual(['team']);
    expect(readIn(release, listSharedGroupMembers('team', 'xmpp.test'))).toEqual(['a@xmpp.test', 'b@xmpp.test']);
    const group = readIn(release, describeSharedGroup('team', 'xmpp.test'));
    expect(group).toMatchObject({ id: 'team', label: 'The <Team> & 😀', isForAll: false, isForOnline: false });
    expect([group.displays('team'), group.displays('tea')]).toEqual([true, false]);
  });
});

describe('the description of a shared roster group', () => {
  const described = (...members: readonly (readonly [string, string])[]) =>
    describeSharedGroup('team', 'xmpp.test').read({
      informations: members.map(([key, value]) => ({ key, value })),
    });

  it.each<[string, readonly string[]]>([
    ['["a","b"]', ['a', 'b']],
    ['["a",", ","b"]', ['a', 'b']],
    ['[]', []],
    // Printed as numbers, or with an escape: any group may be meant.
    ['[[208,186]]', ['a', 'b', 'c']],
    ['["a\\"b"]', ['a', 'b', 'c']],
  ])('that displays %s displays %j', (value, displayed) => {
    const group = described(['displayed_groups', value]);
    expect(['a', 'b', 'c'].filter((id) => group.displays(id))).toEqual(displayed);
  });

  it('has its id as label if the label is missing, and no label if the label is empty', () => {
    expect(described().label).toBe('team');
    expect(described(['label', '[]']).label).toBe('');
  });

  it('tells groups of all users and of those online', () => {
    expect(described(['all_users', 'true'])).toMatchObject({ isForAll: true, isForOnline: false });
    expect(described(['online_users', 'true'])).toMatchObject({ isForAll: false, isForOnline: true });
  });
});
