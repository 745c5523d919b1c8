import { parseJid } from '../../functions/layer/xmpp/jid.ts';
import { prepareLocal } from '../../functions/layer/xmpp/jid-parts.ts';

/** A text as the layer prepares it in the parts that hold any text; `undefined` if it is refused there. */
export function formsOf(text: string): { readonly local: string | undefined; readonly resource: string | undefined } {
  const local = prepareLocal(text);
  const result = parseJid(`example.com/${text}`);
  return {
    local: typeof local === 'string' ? local : undefined,
    resource: 'jid' in result ? result.jid.resource : undefined,
  };
}
