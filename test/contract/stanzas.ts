import { describe, expect, it } from 'vitest';
import type { User, World } from '../support/world.ts';

/** The contract of `send_stanza`. */
export function stanzaContract(world: () => World): void {
  const send = (from: string, to: string, stanza: string) => world().call('send_stanza', { from, to, stanza });
  const pair = async () => [await world().user('alice'), await world().user('bob')] as const;
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `stanza-${ids}`;
  };

  const receive = async (user: User, body: string) => {
    const client = await user.login('phone', {});
    const id = newId();
    expect((await send('someone@xmpp.test', client.jid, `<message id="${id}">${body}</message>`)).status).toBe(200);
    return client.waitFor((stanza) => stanza.attrs['id'] === id);
  };

  describe('send_stanza', () => {
    it.each([
      ['entities', '<body>&lt;b&gt; &amp;amp; &quot;x&quot; &#x1F600; &#233;</body>', '<b> &amp; "x" 😀 é'],
      ['two CDATA sections', '<body><![CDATA[<a>]]>&amp;<![CDATA[]]]]><![CDATA[>]]></body>', '<a>&]]>'],
      ['a long text of such', `<body>${'<![CDATA[<a>]]>&amp;\r\n'.repeat(500)}</body>`, '<a>&\n'.repeat(500)],
      ['emoji and astral letters', '<body>😀 𝒜 👩‍👩‍👧</body>', '😀 𝒜 👩‍👩‍👧'],
      ['white space', '<body>  one\n\n\ttwo  </body>', '  one\n\n\ttwo  '],
      ['a carriage return', '<body>one&#13;two</body>', 'one\rtwo'],
    ])('brings %s unharmed', async (_, body, text) => {
      const message = await receive(await world().user('alice'), body);
      // A client stream carries a carriage return raw, which an XML parser turns into a line feed.
      expect(message.getChildText('body')).toBe(
        text.replace('\r', message.getChildText('body')?.includes('\r') ? '\r' : '\n'),
      );
    });

    it('brings elements of other namespaces unharmed', async () => {
      const message = await receive(
        await world().user('alice'),
        '<body>x</body><data xmlns="urn:example:one" kind="a&amp;b"><x:more xmlns:x="urn:example:two">y</x:more></data>',
      );
      const data = message.getChild('data', 'urn:example:one');
      expect(data?.attrs['kind']).toBe('a&b');
      expect(data?.children[0]).toMatchObject({ children: ['y'] });
    });

    it('goes to the one resource of a full JID', async () => {
      const [alice, bob] = await pair();
      const [phone, desk] = [await alice.login('phone', { priority: 1 }), await alice.login('desk', { priority: 9 })];
      const [first, last] = [newId(), newId()];
      await send(bob.jid, phone.jid, `<message id="${first}" type="chat"><body>x</body></message>`);
      await send(bob.jid, desk.jid, `<message id="${last}" type="chat"><body>x</body></message>`);
      await phone.waitFor((stanza) => stanza.attrs['id'] === first && stanza.attrs['from'] === bob.jid);
      await desk.waitFor((stanza) => stanza.attrs['id'] === last);
      expect(desk.received.filter((stanza) => stanza.attrs['id'] === first)).toEqual([]);
    });

    it('goes by the server’s own routing to a bare JID: to the highest priority, or to all', async () => {
      const [alice, bob] = await pair();
      const [phone, desk] = [await alice.login('phone', { priority: 1 }), await alice.login('desk', { priority: 9 })];
      const [first, last] = [newId(), newId()];
      await send(bob.jid, alice.jid, `<message id="${first}" type="chat"><body>x</body></message>`);
      await send(bob.jid, phone.jid, `<message id="${last}" type="chat"><body>x</body></message>`);
      await desk.waitFor((stanza) => stanza.attrs['id'] === first);
      await phone.waitFor((stanza) => stanza.attrs['id'] === last);
      const copies = phone.received.filter((stanza) => stanza.attrs['id'] === first);
      expect(copies).toHaveLength(world().server.traits.routesByPriority ? 0 : 1);
    });

    it('lets the stanza’s own addresses win over the arguments', async () => {
      const [alice, bob] = await pair();
      const client = await alice.login('phone', {});
      const id = newId();
      const stanza = `<message from='Carol@xmpp.test' to="&#x${alice.name.charCodeAt(0).toString(16)};${client.jid.slice(1)}" id='${id}'/>`;
      expect((await send('ghost@xmpp.test', bob.jid, stanza)).status).toBe(200);
      const message = await client.waitFor((received) => received.attrs['id'] === id);
      expect(message.attrs['from']).toBe('carol@xmpp.test');
    });

    it('waits for a user who is offline', async () => {
      const [alice, bob] = await pair();
      const id = newId();
      await send(bob.jid, alice.jid, `<message id="${id}" type="chat"><body>later</body></message>`);
      const client = await alice.login('phone', {});
      const message = await client.waitFor((stanza) => stanza.attrs['id'] === id);
      expect(message.getChildText('body')).toBe('later');
    });

    it('sends an iq, and presence', async () => {
      const [alice, bob] = await pair();
      const client = await alice.login('phone', {});
      const [first, last] = [newId(), newId()];
      await send(`${bob.jid}/x`, client.jid, `<iq type="get" id="${first}"><query xmlns="jabber:iq:version"/></iq>`);
      await send(`${bob.jid}/x`, client.jid, `<presence id="${last}"><status>hello</status></presence>`);
      await client.waitFor((stanza) => stanza.is('iq') && stanza.attrs['id'] === first);
      await client.waitFor((stanza) => stanza.is('presence') && stanza.attrs['id'] === last);
    });

    it.each([
      ['is not XML', 'hello'],
      ['is not closed', '<message><body>'],
      ['is two', '<message/><message/>'],
      ['is no stanza', '<stream/>'],
      ['is of another namespace', '<message xmlns="urn:example"/>'],
      ['has an unbound prefix', '<message><x:y/></message>'],
      ['has a DTD', '<!DOCTYPE message><message/>'],
      ['has an unknown entity', '<message>&nbsp;</message>'],
      ['is an iq without id', '<iq type="get"><query xmlns="jabber:iq:version"/></iq>'],
    ])('refuses a stanza that %s', async (_, stanza) => {
      expect(await send('a@xmpp.test', 'b@xmpp.test', stanza)).toMatchObject({
        status: 400,
        body: { name: 'InvalidInputError', issues: [{ path: 'stanza' }] },
      });
    });

    it('refuses addresses that are no JIDs, and says which', async () => {
      expect(await send('a@@xmpp.test', '', `<message from="x y@xmpp.test"/>`)).toMatchObject({
        status: 400,
        body: { name: 'JidMalformedError', issues: [{ path: 'from' }, { path: 'to' }, { path: 'stanza/@from' }] },
      });
    });
  });
}
