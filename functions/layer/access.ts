/** For whom the functions may act. */
import { ForbiddenServerError, type Issue } from './errors/index.ts';
import { formatJid, type Jid } from './jid.ts';

/** The two rules of the settings. */
export interface Access {
  /**
   * @param jids by the name of the input's member; absent ones pass
   * @throws ForbiddenServerError that lists every one whose domain is not among `EJABBERD_SERVERS`
   */
  demandServers(jids: Readonly<Record<string, Jid | undefined>>): void;
  /** @throws ForbiddenServerError where neither the bare JID nor its domain is among `EJABBERD_SENDERS` */
  demandSender(path: string, sender: Jid): void;
}

/** The rules by these lists; one that is not set allows everything. */
export function accessBy(lists: {
  readonly servers: ReadonlySet<string> | undefined;
  readonly senders: ReadonlySet<string> | undefined;
}): Access {
  const refuse = (issues: readonly Issue[]) => {
    if (issues.length > 0) throw new ForbiddenServerError({ issues });
  };
  return {
    demandServers(jids) {
      const outside = Object.entries(jids).filter(
        ([, jid]) => jid !== undefined && lists.servers?.has(jid.domain) === false,
      );
      refuse(outside.map(([path]) => ({ path, message: 'is on a server that is not among EJABBERD_SERVERS' })));
    },
    demandSender(path, sender) {
      const bareJid = formatJid({ ...sender, resource: '' });
      if (lists.senders?.has(bareJid) === false && !lists.senders.has(sender.domain)) {
        refuse([{ path, message: 'is not among EJABBERD_SENDERS' }]);
      }
    },
  };
}
