import { Element } from '@xmpp/xml';
import { SaxesParser } from 'saxes';

/** Parses a stanza. Returns `undefined` if ejabberd would refuse the text. */
export function parseStanza(text: string): Element | undefined {
  const parser = new SaxesParser({ xmlns: true });
  let root: Element | undefined;
  let current: Element | undefined;
  let wellFormed = true;
  parser.on('error', () => {
    wellFormed = false;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const attrs = Object.fromEntries(Object.values(attributes).map((attribute) => [attribute.name, attribute.value]));
    const element = new Element(name, attrs);
    current?.append(element);
    root ??= element;
    element.parent = current ?? null;
    current = element;
  });
  const append = (characters: string) => current?.append(characters);
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    current = current?.parent ?? undefined;
  });
  parser.write(text).close();
  return wellFormed && root !== undefined && isStanza(root) ? root : undefined;
}

function isStanza(root: Element): boolean {
  const namespace: unknown = root.attrs['xmlns'] ?? 'jabber:client';
  const isKnown = ['message', 'presence', 'iq'].includes(root.name) && namespace === 'jabber:client';
  return isKnown && (root.name !== 'iq' || root.attrs['id'] !== undefined);
}

/** Copies a stanza with other addresses. */
export function addressed(stanza: Element, from: string, to: string): Element {
  const copy = new Element(stanza.name, { ...stanza.attrs, from, to });
  for (const child of stanza.children) copy.append(child);
  return copy;
}

/** The contact that a roster set removes; `undefined` for any other stanza. */
export function rosterRemovalIn(stanza: Element): string | undefined {
  const item = stanza.is('iq') ? stanza.getChild('query', 'jabber:iq:roster')?.getChild('item') : undefined;
  return item?.attrs['subscription'] === 'remove' ? String(item.attrs['jid']) : undefined;
}
