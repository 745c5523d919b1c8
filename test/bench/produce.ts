/** Decodes a roster, compared with the time that ejabberd takes to produce it. If ejabberd takes longer, decoding is not the bottleneck. */
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';
import { fillRoster, namesOf } from './crowd.ts';
import { interleaved, median, ratio } from './measure.ts';
import { onServer } from './server.ts';
import { bareClient, callBytes } from './subjects.ts';
import { atMost, type Bench, duration, type Figure } from './table.ts';

const SIZES = {
  full: [
    [100, 60],
    [1_000, 30],
    [10_000, 9],
    [50_000, 5],
  ],
  tiny: [[5, 1]],
} as const;

export const bench: Bench = {
  name: 'produce',
  title: 'Decoding, compared with ejabberd’s own time',
  async run(scale) {
    const figures: Figure[] = [];
    for (const release of ['23.01', '24.12'] as const) {
      await onServer(scale, release, async ({ server, endpoints }) => {
        const { post, close } = bareClient(endpoints['plain']?.url ?? new URL(server.url));
        for (const [contacts, rounds] of SIZES[scale]) {
          const owner = `owner${contacts}`;
          await server.register(owner);
          await fillRoster(server, owner, namesOf('friend', contacts));
          const request = callBytes(server.account, 'get_roster', { user: owner, host: server.host });
          const answer = await post(request);
          const subjects = { decoded: () => decodeResponse(answer), produced: () => post(request) };
          await interleaved(subjects, { rounds: Math.ceil(rounds / 3) });
          const { decoded, produced } = await interleaved(subjects, { rounds });
          const what = `decode a roster of ${contacts}, compared with ejabberd ${release} producing it`;
          const times = `, ${duration(median(decoded))} for ${duration(median(produced))}`;
          figures.push(atMost(1, ratio(decoded, produced), what, times));
        }
        close();
      });
    }
    return { figures };
  },
};
