/** The typed client compared with a bare signed fetch of the same request. */
import { createServer } from 'node:http';
import { AwsClient } from 'aws4fetch';
import { createClient, overHttp, signV4 } from '../../client/src/index.ts';
import { listen } from '../../infra/local/listen.ts';
import { interleaved, quantile } from './measure.ts';
import { atMost, type Bench, duration } from './table.ts';

const input = { user: 'bob', server: 'example.com' };
const answer = JSON.stringify({ jid: 'bob@example.com/desk', show: 'dnd', status: 'In a meeting' });
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const region = 'eu-west-1';

export const bench: Bench = {
  name: 'client',
  title: 'Typed client',
  async run(scale) {
    const rounds = scale === 'full' ? 4_000 : 3;
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer));
    });
    const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
    const client = createClient(overHttp(url, { sign: signV4({ credentials, region }) }));
    const bare = new AwsClient({ ...credentials, region, service: 'execute-api', retries: 0 });
    const subjects = {
      client: () => client.getPresence(input),
      bare: async () => {
        const response = await bare.fetch(`${url}/get_presence`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        });
        return response.json();
      },
    };
    try {
      await interleaved(subjects, { rounds: rounds / 4 });
      const times = await interleaved(subjects, { rounds });
      const [ours, theirs] = [quantile(times.client, 0.5), quantile(times.bare, 0.5)];
      const what = 'a call of the typed client compared with a bare signed fetch, p50';
      return { figures: [atMost(1.2, ours / theirs, what, `, ${duration(ours)}`)] };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};
