/** Encodes a call, compared with the package `xmlrpc` as it comes, which is not safe. */
import serializer from 'xmlrpc/lib/serializer.js';
import { createEncoder } from '../../functions/layer/xmlrpc/encode.ts';
import { writeForm } from '../../functions/layer/xmlrpc/forms.lazy.ts';
import { interleaved, median, ratio } from './measure.ts';
import { atMost, type Bench, duration, type Figure } from './table.ts';

/** Bytes of a stanza, and how often one is written in a timing. */
const SIZES = {
  full: [
    [1_024, 400],
    [102_400, 40],
    [1_048_576, 5],
  ],
  tiny: [[1_024, 1]],
} as const;

/** As much markup as a long formatted message has. */
const TEXTS = {
  ascii: '<p>To be &amp; not to be, that is </p>',
  'non-ascii': '<p>Être &amp; ne pas être, là est 🎭</p>',
};

export const bench: Bench = {
  name: 'encode',
  title: 'Encoding',
  async run(scale) {
    const encode = createEncoder(writeForm);
    const figures: Figure[] = [];
    for (const [size, repeat] of SIZES[scale]) {
      for (const [letters, text] of Object.entries(TEXTS)) {
        const content = text.repeat(Math.ceil(size / Buffer.byteLength(text)));
        const stanza = `<message><html xmlns="http://jabber.org/protocol/xhtml-im">${content}</html></message>`;
        const params = [{ from: 'alice@example.com', to: 'bob@example.com', stanza }];
        const subjects = {
          ours: () => Buffer.from(encode('send_stanza', params)),
          byPackage: () => Buffer.from(serializer.serializeMethodCall('send_stanza', params)),
        };
        const times = await interleaved(subjects, { rounds: scale === 'full' ? 61 : 1, repeat, clock: 'cpu' });
        const what = `encode send_stanza of ${size} bytes (${letters}), compared with the unsafe package`;
        figures.push(atMost(1.3, ratio(times.ours, times.byPackage), what, `, ${duration(median(times.ours))}`));
      }
    }
    return { figures };
  },
};
