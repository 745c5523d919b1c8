/** The dialect `ejabberd` as one container keeps it, for tests of what no door adds anything to. */
import pLimit from 'p-limit';
import type { Dialect } from '../../functions/layer/dialects/dialect.ts';
import { ejabberdDialect } from '../../functions/layer/dialects/ejabberd/dialect.ts';
import { createEndpoint, openSockets } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import type { XmppServer } from './xmpp-server.ts';

/** A container of functions, without their doors. */
export interface Container {
  /** Makes a call in an invocation of its own. */
  call<T>(call: (dialect: Dialect) => Promise<T>): Promise<T>;
  /** The same, but resolves to the call's error, or to `undefined`. */
  act(call: (dialect: Dialect) => Promise<unknown>): Promise<unknown>;
  read(a: Jid, b: Jid): Promise<readonly [Owned, Owned]>;
  close(): void;
}

/** A user with a roster. */
export interface Owned {
  readonly jid: Jid;
  readonly roster: Awaited<ReturnType<Dialect['getRoster']>>;
}

/**
 * Opens one before a server.
 *
 * @param maxResponseBytes the most bytes of an answer
 */
export function openContainer(
  { url, account }: Pick<XmppServer, 'url' | 'account'>,
  maxResponseBytes = 1e7,
): Container {
  const endpoint = createEndpoint({ url: new URL(url), ca: undefined, maxResponseBytes, maxSockets: 10 });
  const credentials = { current: async () => account, renew: async () => undefined, accepted: () => undefined };
  const dialectOf = ejabberdDialect({ endpoint, credentials, limitLarge: pLimit(4) });
  const invoke = async <T>(call: (dialect: Dialect) => Promise<T>): Promise<T> => {
    const deadline = new Deadline(10_000);
    const sockets = openSockets(endpoint);
    try {
      return await call(dialectOf({ deadline, sockets }));
    } finally {
      deadline.end();
      sockets.close();
    }
  };
  return {
    call: invoke,
    act: (call) =>
      invoke(call).then(
        () => undefined,
        (error: unknown) => error,
      ),
    read: (a, b) =>
      invoke(async (dialect) => [
        { jid: a, roster: await dialect.getRoster(a) },
        { jid: b, roster: await dialect.getRoster(b) },
      ]),
    close: () => endpoint.kept.destroy(),
  };
}
