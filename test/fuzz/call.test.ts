import fc from 'fast-check';
import { expect } from 'vitest';
import { createEncoder } from '../../functions/layer/xmlrpc/encode.ts';
import { EncodeError } from '../../functions/layer/xmlrpc/errors.ts';
import { writeForm } from '../../functions/layer/xmlrpc/forms.lazy.ts';
import { anyText, HARD_TEXTS, isCarriedByXml } from '../support/any-text.ts';
import { parseStrictly } from '../support/strict-call.ts';
import { fuzz } from './fuzz.ts';

const encode = createEncoder(writeForm);

fuzz<readonly [string, string]>({
  name: 'a call brings any two strings to the receiver unchanged, or is refused',
  corpus: HARD_TEXTS.map((text, index) => [text, HARD_TEXTS.at(-1 - index) ?? '']),
  inputs: fc.tuple(anyText, anyText),
  check([one, two]) {
    const params = [{ from: one, groups: [two, one], to: two }];
    if (isCarriedByXml(one) && isCarriedByXml(two)) {
      expect(parseStrictly(encode('send_stanza', params))).toEqual({ method: 'send_stanza', params });
    } else expect(() => encode('send_stanza', params)).toThrow(EncodeError);
  },
});
