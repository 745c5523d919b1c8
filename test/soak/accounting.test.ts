import xml, { type Element } from '@xmpp/xml';
import { describe, expect, it } from 'vitest';
import { type Attempt, account, type Seen } from './accounting.ts';
import { makeRecords } from './records.ts';

const records = makeRecords(10, { host: 'x', users: ['a', 'b', 'c', 'd'], receivers: ['r@x'] });
const stanza = 'record-5';
const message = (stamp?: string) =>
  xml('message', { id: stanza }, ...(stamp === undefined ? [] : [xml('delay', { xmlns: 'urn:xmpp:delay', stamp })]));
const attempt = (outcome: string, to = 1_000): Attempt => ({ from: to - 10, to, outcome });

/** A run in which all went well, but for this. */
const run = (change: Partial<Seen> = {}, attempts: Record<string, Attempt[]> = {}) => {
  const pairs = records.flatMap(({ method, input: { jid1, jid2 } }) =>
    method === 'link_contacts' ? [[jid1, jid2]] : [],
  );
  return account({
    records,
    attempts: new Map(records.map(({ id }) => [id, attempts[id] ?? [attempt('ok')]])),
    dead: new Set(),
    endings: [],
    messages: new Map(records.slice(5).map(({ id }) => [id, [xml('message', { id })]])),
    links: new Set(pairs.flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`])),
    cuts: 0,
    seconds: 1,
    table: false,
    ...change,
  });
};
const messagesWith = (...copies: readonly Element[]) =>
  new Map<string, readonly Element[]>([
    ...records.slice(6).map(({ id }) => [id, [message()]] as const),
    [stanza, copies],
  ]);
const again = { [stanza]: [attempt('OutcomeUnknownError'), attempt('ok')] };

describe('the accounts of a run', () => {
  it('have no violations if all went well', () => {
    expect(run()).toMatchObject({ done: 10, retried: 0, dead: {}, failures: {}, lost: [], violations: [] });
  });

  it.each([
    ['a link that is missing', { links: new Set<string>() }, 'record-0 link_contacts shows on 0 sides; ok'],
    ['a stanza that is missing', { messages: messagesWith() }, 'record-5 send_stanza has not arrived; ok'],
    ['a stanza that came twice', { messages: messagesWith(message(), message()) }, 'record-5 came 2 times, of ok'],
    ['a record that died', { dead: new Set(['record-1']) }, 'record-1 link_contacts is dead after ok'],
  ])('complain of %s', (_, change, complaint) => {
    expect(run(change).violations).toContain(complaint);
  });

  it('count a record as done if a slow delivery of it was done before a later one failed', () => {
    const attempts = { 'record-0': [attempt('ok'), attempt('EjabberdTimeoutError')] };
    expect(run({}, attempts)).toMatchObject({ done: 9, retried: 1, violations: [] });
  });

  it('complain of a record whose deliveries all failed, and which is not dead', () => {
    const { violations } = run({}, { 'record-0': [attempt('EjabberdTimeoutError')] });
    expect(violations).toEqual(['record-0 is neither done nor dead after EjabberdTimeoutError']);
  });

  describe('after ejabberd ended', () => {
    const ending = (signal: 'SIGTERM' | 'SIGKILL', from: number) => ({
      endings: [{ signal, from, ended: from + 1_000, to: from + 3_000 }],
    });
    const noStanza = { messages: messagesWith() };
    const noLinks = { links: new Set<string>() };

    const stanzaLost = 'record-5 send_stanza has not arrived';
    const linkLost = 'record-0 link_contacts shows on 0 sides';

    it.each([
      ['a stanza of the last seconds before a kill', { ...noStanza, ...ending('SIGKILL', 5_999) }, stanzaLost, '5.0'],
      ['a link of the last seconds before a kill', { ...noLinks, ...ending('SIGKILL', 3_000) }, linkLost, '2.0'],
      ['a stanza of the moment of a stop', { ...noStanza, ...ending('SIGTERM', 1_040) }, stanzaLost, '0.0'],
      ['a link of the moment of a stop', { ...noLinks, ...ending('SIGTERM', 500) }, linkLost, '0.0'],
    ])('count %s as its loss', (_, change, loss, seconds) => {
      const { lost, violations } = run(change);
      expect(lost).toContain(`${loss}: done ${seconds} s before ${change.endings[0]?.signal}`);
      expect(violations).toEqual([]);
    });

    it.each([
      ['a stanza long before a kill', { ...noStanza, ...ending('SIGKILL', 6_001) }, '-5.0 s from SIGKILL'],
      ['a stanza long before a stop', { ...noStanza, ...ending('SIGTERM', 2_001) }, '-1.0 s from SIGTERM'],
      ['a link long before a stop', { ...noLinks, ...ending('SIGTERM', 2_001) }, '-1.0 s from SIGTERM'],
      ['a stanza after an end', { ...noStanza, ...ending('SIGKILL', -11) }, '1.0 s from SIGKILL'],
    ])('complain of the loss of %s, and tell when it was', (_, change, time) => {
      expect(run(change).violations).toContainEqual(expect.stringMatching(new RegExp(`; ok; ${time}$`)));
    });
  });

  it('allow a stanza to come again if that was reported, and only without a table', () => {
    const messages = messagesWith(message(), message());
    expect(run({ messages }, again)).toMatchObject({ sentAgain: 1, retried: 1, violations: [] });
    expect(run({ messages, table: true }, again).violations).toHaveLength(1);
    expect(run({ messages: messagesWith(message(), message(), message()) }, again).violations).toHaveLength(1);
  });

  it('tell a stanza that ejabberd itself delivered again from one that was sent again', () => {
    const stored = message('2026-01-01T00:00:00Z');
    expect(run({ messages: messagesWith(stored, stored) })).toMatchObject({
      lost: [expect.any(String)],
      violations: [],
    });
  });

  it('allow a stanza of unknown outcome to become a dead letter if there is a table', () => {
    const attempts = { [stanza]: [attempt('OutcomeUnknownError')] };
    const change = { dead: new Set([stanza]), messages: messagesWith() };
    expect(run({ ...change, table: true }, attempts)).toMatchObject({
      dead: { OutcomeUnknownError: 1 },
      violations: [],
    });
    expect(run(change, attempts).violations).toHaveLength(1);
  });
});
