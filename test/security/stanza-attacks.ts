/**
 * Attacks by a stanza, on a real ejabberd with the modules of Debian's own `ejabberd.yml`. Each one works if it is sent:
 * the tests send it past the rule to prove that, and then through it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';

/** An administrator as the rule in `docs/ejabberd.md` makes one, and every module that acts upon a stanza to the server. */
const LINES = `
modules:
  mod_register: {}
  mod_adhoc: {}
  mod_configure: {}
  mod_announce: {access: admin}
  mod_multicast: {}
  mod_http_upload: {docroot: "/nonexistent"}
acl:
  admin: {user: "admin@xmpp.test"}
access_rules:
  admin: [{allow: admin}]
  configure: [{allow: admin}, {allow: rostbeef}]
`;

const register = (user: string, rest: string) =>
  `<iq type="set" id="1"><query xmlns="jabber:iq:register"><username>${user}</username>${rest}</query></iq>`;

const adhoc = (node: string, fields: Readonly<Record<string, string>>) =>
  `<iq type="set" id="1"><command xmlns="http://jabber.org/protocol/commands" action="complete" ` +
  `node="http://jabber.org/protocol/admin#${node}"><x xmlns="jabber:x:data" type="submit">` +
  Object.entries({ FORM_TYPE: 'http://jabber.org/protocol/admin', ...fields })
    .map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`)
    .join('') +
  '</x></command></iq>';

/** Declares the tests for one release, whose packages are unpacked in `root`. */
export function stanzaAttacksOn(root: string): void {
  let server: RealEjabberd;
  let secrets: SecretsManager;
  let guarded: Handlers;
  let unguarded: Handlers;
  let scoped: Handlers;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await startRealEjabberd(root, { lines: LINES });
    secrets = await startSecretsManager();
    secrets.set('account', 'AWSCURRENT', server.account);
    await server.register('admin');
    settings = {
      EJABBERD_URL: server.url,
      EJABBERD_SECRET_ARN: 'account',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    guarded = openHandlers(settings);
    scoped = openHandlers({ ...settings, EJABBERD_SERVERS: 'xmpp.test' });
    unguarded = openHandlers({
      ...settings,
      EJABBERD_STANZAS: 'any',
      EJABBERD_SENDERS: 'victim@xmpp.test,admin@xmpp.test,rotator@xmpp.test,rostbeef@xmpp.test',
    });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([server.stop(), secrets.stop()]);
  });

  const send = (handlers: Handlers, input: object) => handlers.call('send_stanza', input);
  const victim = async () => {
    const name = `victim-${randomUUID().slice(0, 8)}`;
    await server.register(name);
    return name;
  };
  const hasPassword = async (user: string, password: string) =>
    (await server.command('check_password', { user, host: 'xmpp.test', password })) as { res: number };
  const isAccount = async (user: string) =>
    ((await server.command('check_account', { user, host: 'xmpp.test' })) as { res: number }).res === 0;
  const forbidden = (path: string) => ({ name: 'ForbiddenStanzaError', issues: [expect.objectContaining({ path })] });

  it('a user’s own password can’t be changed by an iq to the server', async () => {
    const stanza = register('victim', '<password>taken</password>');
    await server.register('victim');
    const input = { from: 'victim@xmpp.test', to: 'xmpp.test', stanza };
    expect(await send(guarded, input)).toMatchObject(forbidden('to'));
    expect(await hasPassword('victim', 'password of victim')).toEqual({ res: 0 });
    expect(await send(unguarded, input)).toEqual({ code: 0 });
    await vi.waitFor(async () => expect(await hasPassword('victim', 'taken')).toEqual({ res: 0 }));
  });

  it('an account can’t be removed by an iq to the server', async () => {
    const stanza =
      '<iq type="set" id="1" from="victim@xmpp.test"><query xmlns="jabber:iq:register"><remove/></query></iq>';
    await server.register('victim').catch(() => undefined);
    const input = { from: 'b@xmpp.test', to: 'xmpp.test', stanza };
    expect(await send(guarded, input)).toMatchObject(forbidden('to'));
    expect(await isAccount('victim')).toBe(true);
    expect(await send(unguarded, input)).toEqual({ code: 0 });
    await vi.waitFor(async () => expect(await isAccount('victim')).toBe(false));
  });

  it.each([
    ['the server', 'xmpp.test'],
    ['a resource of the server', 'xmpp.test/announce/online'],
    ['the server, by an address on the stanza', 'b@xmpp.test', 'xmpp.test'],
    ['another vhost', 'other.test'],
    ['a server elsewhere', 'example.com'],
    ['the multicast service', 'multicast.xmpp.test'],
    ['the upload service', 'upload.xmpp.test'],
    ['all rooms of a service', 'conference.xmpp.test'],
  ])('nothing goes to %s', async (_, to, own?: string) => {
    for (const name of ['message', 'presence', 'iq']) {
      const stanza = `<${name} id="1"${own === undefined ? '' : ` to="${own}"`}/>`;
      const path = own === undefined ? 'to' : 'stanza/@to';
      expect(await send(guarded, { from: 'admin@xmpp.test', to, stanza })).toMatchObject(forbidden(path));
    }
  });

  it('an administrator’s ad-hoc command can’t change a password or add a user', async () => {
    const name = await victim();
    const fields = { accountjid: `${name}@xmpp.test`, password: 'taken' };
    const change = adhoc('change-user-password', fields);
    const input = { from: 'admin@xmpp.test', to: 'xmpp.test', stanza: change };
    expect(await send(guarded, input)).toMatchObject(forbidden('to'));
    expect(await hasPassword(name, `password of ${name}`)).toEqual({ res: 0 });
    expect(await send(unguarded, input)).toEqual({ code: 0 });
    await vi.waitFor(async () => expect(await hasPassword(name, 'taken')).toEqual({ res: 0 }));
  });

  it('nothing is sent as the functions’ own account, however it is spelled, if any stanza may be sent', async () => {
    const added = `added-${randomUUID().slice(0, 8)}`;
    const fields = { accountjid: `${added}@xmpp.test`, password: 'x', 'password-verify': 'x' };
    const stanza = adhoc('add-user', fields);
    for (const from of ['rostbeef@xmpp.test', 'ROSTBEEF@XMPP.TEST', 'rostbeef@xmpp.test/r', 'ｒostbeef@xmpp.test.']) {
      expect(await send(unguarded, { from, to: 'xmpp.test', stanza })).toMatchObject(forbidden('from'));
    }
    const own = '<message from="rostbeef@xmpp.test"/>';
    expect(await send(unguarded, { from: 'admin@xmpp.test', to: 'xmpp.test', stanza: own })).toMatchObject(
      forbidden('stanza/@from'),
    );
    expect(await isAccount(added)).toBe(false);
    // The same command by a listed administrator, which shows that it was the sender that counted.
    expect(await send(unguarded, { from: 'admin@xmpp.test', to: 'xmpp.test', stanza })).toEqual({ code: 0 });
    await vi.waitFor(async () => expect(await isAccount(added)).toBe(true));
  });

  it.each([
    ['user', 'rost\u00adbeef'],
    ['user', 'rostbeef\u200d'],
    ['server', 'xmpp\u00ad.test'],
  ])('nothing is sent as the functions’ own account if the %s in the secret is %j', async (member, spelling) => {
    secrets.set('odd', 'AWSCURRENT', { ...server.account, [member]: spelling });
    const handlers = openHandlers({
      ...settings,
      EJABBERD_SECRET_ARN: 'odd',
      EJABBERD_STANZAS: 'any',
      EJABBERD_SENDERS: 'rostbeef@xmpp.test',
    });
    const stanza = '<iq type="get" id="1"><query xmlns="jabber:iq:version"/></iq>';
    const result = await send(handlers, { from: 'rostbeef@xmpp.test', to: 'xmpp.test', stanza });
    expect(result).toMatchObject({ name: 'CredentialsUnavailableError' });
    expect(JSON.stringify([String(result), handlers.log])).not.toContain(server.account.password);
  });

  it('the rotation’s account can’t be taken over', async () => {
    const stanza = register('rotator', '<password>taken</password>');
    const input = { from: 'rotator@xmpp.test', to: 'xmpp.test', stanza };
    expect(await send(guarded, input)).toMatchObject(forbidden('to'));
    expect(await hasPassword('rotator', 'password of rotator')).toEqual({ res: 0 });
  });

  it('an announcement to everybody isn’t sent', async () => {
    const client = await server.connect(await victim(), 'phone', {});
    const stanza = '<message><subject>all</subject><body>announced</body></message>';
    const input = { from: 'admin@xmpp.test', to: 'xmpp.test/announce/online', stanza };
    expect(await send(guarded, input)).toMatchObject(forbidden('to'));
    expect(client.received.map(String).join()).not.toContain('announced');
    expect(await send(unguarded, input)).toEqual({ code: 0 });
    await client.waitFor((received) => received.getChildText('body') === 'announced');
  });

  describe('a roster set by an iq to oneself', () => {
    const plant = `<iq type="set" id="1"><query xmlns="jabber:iq:roster"><item jid="ceo@other.test"/></query></iq>`;

    it.each([
      ['bare', ''],
      ['full', '/phone'],
      ['full and absent', '/elsewhere'],
    ])('can’t be sent to the %s JID', async (_, resource) => {
      const name = await victim();
      await server.connect(name, 'phone', {});
      const input = { from: `${name}@xmpp.test/bot`, to: `${name}@xmpp.test${resource}`, stanza: plant };
      expect(await send(guarded, input)).toMatchObject({ name: 'ForbiddenStanzaError' });
      const member = { user: name, server: 'xmpp.test' };
      expect(await guarded.call('get_roster', member)).toEqual({ contacts: [] });
    });

    it('can’t be pushed to a client in its own name by a message or an iq', async () => {
      const name = await victim();
      const client = await server.connect(name, 'phone', {});
      for (const [from, stanza] of [
        [`${name}@xmpp.test`, plant],
        [`${name.toUpperCase()}@xmpp.test/x`, '<message><body>x</body></message>'],
      ]) {
        expect(await send(guarded, { from, to: client.jid, stanza })).toMatchObject(forbidden('to'));
      }
    });
  });

  describe('presence of a contact on a server outside EJABBERD_SERVERS', () => {
    const addItem = (name: string, contact: string, subs: string) => {
      const args = { localuser: name, localhost: 'xmpp.test', user: contact, host: 'other.test', nick: '', subs };
      return server.command(
        'add_rosteritem',
        server.release === 'since-24.02' ? { ...args, groups: [] } : { ...args, group: '' },
      );
    };
    const shown = async (handlers: Handlers, user: string, maxResults?: number) => {
      const input = { user, server: 'xmpp.test', ...(maxResults !== undefined && { maxResults }) };
      const result = await handlers.call('get_roster_with_presence', input);
      return JSON.parse(JSON.stringify(result)).contacts[0];
    };

    it.each([
      ['none', 'unavailable', ''],
      ['from', 'unavailable', ''],
      ['to', 'dnd', 'desk'],
      ['both', 'dnd', 'desk'],
    ])('is told with the subscription %s as %s', async (subs, show, resource) => {
      const [bot, ceo] = [await victim(), `ceo-${subs}`];
      await server.register(ceo, 'other.test');
      await server.connect(ceo, 'desk', { show: 'dnd' }, 'other.test');
      await addItem(bot, ceo, subs);
      const jid = `${ceo}@other.test`;
      expect(await shown(scoped, bot)).toMatchObject({ jid, subscription: subs, show, resource });
      expect(await shown(scoped, bot, 1)).toMatchObject({ jid, show, resource });
      expect(await shown(guarded, bot)).toMatchObject({ jid, show: 'dnd', resource: 'desk' });
    });
  });

  describe('an iq', () => {
    const version = '<iq type="get" id="v1"><query xmlns="jabber:iq:version"/></iq>';

    it('goes to a connected resource', async () => {
      const client = await server.connect(await victim(), 'Phone ä', {});
      expect(await send(guarded, { from: 'bot@xmpp.test/x', to: client.jid, stanza: version })).toEqual({ code: 0 });
      await client.waitFor(({ attrs }) => attrs['id'] === 'v1');
    });

    it.each([
      ['a bare JID', ''],
      ['a resource that is not connected', '/desk'],
      ['a resource in another case', '/PHONE'],
    ])('doesn’t go to %s', async (_, resource) => {
      const name = await victim();
      await server.connect(name, 'phone', {});
      const to = `${name}@xmpp.test${resource}`;
      expect(await send(guarded, { from: 'bot@xmpp.test/x', to, stanza: version })).toMatchObject(forbidden('to'));
    });

    it.each(['user@example.com/phone', 'room@conference.xmpp.test/nick', 'nobody@xmpp.test/phone'])(
      'doesn’t go to %s, which has no session',
      async (to) => {
        expect(await send(guarded, { from: 'bot@xmpp.test/x', to, stanza: version })).toMatchObject(forbidden('to'));
      },
    );
  });

  it.each(['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe'])(
    'a presence of type %s isn’t sent',
    async (type) => {
      const [from, to] = [`${await victim()}@xmpp.test`, `${await victim()}@xmpp.test`];
      const result = await send(guarded, { from, to, stanza: `<presence type="${type}"/>` });
      expect(result).toMatchObject(forbidden('stanza'));
    },
  );

  it('a stanza with a list of receivers isn’t sent', async () => {
    const list =
      '<addresses xmlns="http://jabber.org/protocol/address"><address type="to" jid="a@other.test"/></addresses>';
    for (const name of ['message', 'presence']) {
      const stanza = `<${name}>${list}</${name}>`;
      const result = await send(guarded, { from: 'b@xmpp.test', to: 'c@xmpp.test', stanza });
      expect(result).toMatchObject(forbidden('stanza'));
    }
  });

  it('a sender without a local part isn’t taken', async () => {
    const result = await send(guarded, { from: 'xmpp.test', to: 'b@xmpp.test', stanza: '<message/>' });
    expect(result).toMatchObject(forbidden('from'));
  });

  it('every reason is told at once', async () => {
    const input = { from: 'xmpp.test', to: 'other.test', stanza: '<presence type="probe"/>' };
    const paths = ['to', 'stanza', 'from'].map((path) => expect.objectContaining({ path }));
    expect(await send(guarded, input)).toMatchObject({ name: 'ForbiddenStanzaError', issues: paths });
  });
}
