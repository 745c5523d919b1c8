/** The records of a run: links and unlinks of pairs that no other record names, and stanzas. */
import type { MethodName } from 'rostbeef-layer';

/** One record. */
export interface SoakRecord {
  readonly id: string;
  readonly method: Extract<MethodName, 'link_contacts' | 'unlink_contacts' | 'send_stanza'>;
  readonly input: Readonly<Record<string, string>>;
}

/** Whom they are about. */
export interface Cast {
  readonly host: string;
  readonly users: readonly string[];
  /** Bare JIDs. */
  readonly receivers: readonly string[];
}

/** Of ten records, four link, one unlinks and five send. */
export function makeRecords(count: number, { host, users, receivers }: Cast): readonly SoakRecord[] {
  const pairs = distinctPairs(users, host);
  return Array.from({ length: count }, (_, number): SoakRecord => {
    const id = `record-${number}`;
    const kind = number % 10;
    if (kind >= 5) {
      const to = receivers[number % receivers.length] ?? '';
      const stanza = `<message type="chat" id="${id}"><body>${id}</body></message>`;
      return { id, method: 'send_stanza', input: { from: `sender@${host}`, to, stanza } };
    }
    const { value: [jid1, jid2] = ['', ''] } = pairs.next();
    if (kind === 4) return { id, method: 'unlink_contacts', input: { jid1, jid2 } };
    return { id, method: 'link_contacts', input: { jid1, nick1: 'One', jid2, nick2: 'Two' } };
  });
}

/** As many users as give these records a pair each. */
export function usersFor(records: number): number {
  return Math.max(20, Math.ceil(Math.sqrt(records * 1.1)) + 1);
}

function* distinctPairs(users: readonly string[], host: string): Generator<readonly [string, string], undefined> {
  for (const [index, one] of users.entries()) {
    for (const other of users.slice(index + 1)) yield [`${one}@${host}`, `${other}@${host}`];
  }
}
