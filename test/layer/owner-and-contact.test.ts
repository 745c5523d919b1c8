import { describe, expect, it } from 'vitest';
import { JidMalformedError } from '../../functions/layer/errors/index.ts';
import { ownerAndContact } from '../../functions/layer/methods/jids.ts';

describe('the two JIDs of unlink_contacts', () => {
  it.each([
    ['alice@example.com', 'bob@example.com', undefined],
    ['alice@example.com', 'icq.example.com', 'icq.example.com'],
    ['echo@bot.example/desk', 'alice@example.com', 'bot.example'],
    ['alice@example.com', 'echo@XN--BCHER-KVA.example/desk', 'bücher.example'],
  ])('may be %s and %s', (jid1, jid2, domain) => {
    expect(ownerAndContact({ jid1, jid2 }).unusual?.domain).toBe(domain);
  });

  it.each([
    ['a full JID on the server of the other', 'alice@example.com', 'bob@example.com/desk', ['jid2']],
    ['the server of the other', 'example.com', 'bob@example.com', ['jid1']],
    ['a user name without a server', 'alice@example.com', 'bob', ['jid2']],
    ['two JIDs of which neither is a bare JID', 'icq.example.com', 'echo@bot.example/desk', ['jid1', 'jid2']],
    ['no JID', 'alice@example.com', '@example.org', ['jid2']],
  ])('are refused before anything is sent for %s', (_, jid1, jid2, paths) => {
    const parse = () => ownerAndContact({ jid1, jid2 });
    expect(parse).toThrow(JidMalformedError);
    expect(parse).toThrow(expect.objectContaining({ issues: paths.map((path) => expect.objectContaining({ path })) }));
  });
});
