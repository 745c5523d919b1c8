/** Many users, rosters and sessions on a server, made with as little work as the server allows. */
import { connect, type Socket } from 'node:net';
import type { XmppServer } from '../support/xmpp-server.ts';
import type { BenchServer } from './server.ts';

/** Does something for each item, some at a time. */
export async function eachOf<T>(items: readonly T[], run: (item: T) => Promise<unknown>, parallel = 10): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** Names such as `contact7`. */
export function namesOf(prefix: string, count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + from}`);
}

/** Puts contacts into a user's roster; they need not exist. */
export async function fillRoster(
  { command, release, host }: XmppServer,
  owner: string,
  contacts: readonly string[],
): Promise<void> {
  const groups: Record<string, string | readonly string[]> =
    release === 'since-24.02' ? { groups: ['Team'] } : { group: 'Team' };
  await eachOf(contacts, (user) =>
    command('add_rosteritem', {
      localuser: owner,
      localhost: host,
      user,
      host,
      nick: `Nick of ${user}`,
      subs: 'both',
      ...groups,
    }),
  );
}

/** Logs users in, who must be registered, and sends their presence; ends with the server, or when the sockets are closed. */
export async function logIn(
  { server, real }: BenchServer,
  users: readonly string[],
  sessionsEach = 1,
): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  const logins = users.flatMap((user) => namesOf('r', sessionsEach).map((resource) => ({ user, resource })));
  await eachOf(logins, async ({ user, resource }) => {
    if (real === undefined) await server.connect(user, resource, {});
    else sockets.push(await rawLogin(real.c2sPort, server.host, user, `password of ${user}`, resource));
  });
  return sockets;
}

/** SASL PLAIN and no more of XMPP than it takes. */
function rawLogin(port: number, host: string, user: string, password: string, resource: string): Promise<Socket> {
  const header = `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="${host}" version="1.0">`;
  const plain = Buffer.from(`\0${user}\0${password}`).toString('base64');
  const bind = `<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${resource}</resource></bind></iq>`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    let isIn = false;
    socket.setEncoding('utf8').on('error', reject);
    socket.write(`${header}<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${plain}</auth>`);
    socket.on('data', (text) => {
      received += text;
      if (received.includes('<failure')) reject(new Error(`${user} may not log in`));
      if (!isIn && received.includes('<success')) {
        isIn = true;
        socket.write(`${header}${bind}<presence/>`);
      } else if (received.includes("id='b'") || received.includes('id="b"')) {
        socket.removeAllListeners('data').resume();
        resolve(socket);
      }
    });
  });
}
