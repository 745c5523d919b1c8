/** Real XML-RPC clients of other makers, each of which makes every call of a table. */
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { createClient } from 'xmlrpc';
import type { Row } from './seed-table.ts';

/** A client, or why it is not there. */
export interface SeedClient {
  readonly name: string;
  /** The command that has to be there. @default - none */
  readonly needs?: readonly string[];
  /** Makes the calls in order, and resolves with what they returned. */
  call(url: string, rows: readonly Row[]): Promise<readonly unknown[]>;
}

/** As a script of 2008 called the server, in today's Python. */
const PYTHON = `
import json, sys, xmlrpc.client
server = xmlrpc.client.ServerProxy(sys.argv[1])
rows = json.load(sys.stdin)
print(json.dumps([getattr(server, row["method"])(row["struct"]) for row in rows]))
`;

/** PHP's own extension, and HTTP as the PHP of that time did it. */
const PHP = `
$rows = json_decode(stream_get_contents(STDIN), true);
$results = [];
foreach ($rows as $row) {
  $body = xmlrpc_encode_request($row['method'], $row['struct']);
  $http = ['method' => 'POST', 'header' => "Content-Type: text/xml\\r\\n", 'content' => $body];
  $answer = file_get_contents($argv[1], false, stream_context_create(['http' => $http]));
  $results[] = xmlrpc_decode($answer, 'UTF-8');
}
echo json_encode($results);
`;

export const SEED_CLIENTS: readonly SeedClient[] = [
  {
    name: 'Python’s xmlrpc.client',
    needs: ['python3', '-c', 'import xmlrpc.client'],
    call: (url, rows) => script('python3', ['-c', PYTHON, url], rows),
  },
  {
    name: 'PHP’s xmlrpc',
    needs: ['php', '-r', 'exit(function_exists("xmlrpc_encode_request") ? 0 : 1);'],
    call: (url, rows) => script('php', ['-r', PHP, '--', url], rows),
  },
  {
    name: 'the npm package xmlrpc',
    async call(url, rows) {
      const client = createClient({ url, headers: {} });
      const results: unknown[] = [];
      for (const { method, struct } of rows) {
        const result = new Promise((resolve, reject) => {
          client.methodCall(method, [struct], (error: unknown, value: unknown) =>
            error ? reject(error) : resolve(value),
          );
        });
        results.push(await result);
      }
      return results;
    },
  },
];

/** Whether what a client needs is on this machine. */
export function isThere({ needs }: SeedClient): boolean {
  const [command = '', ...args] = needs ?? [];
  return needs === undefined || spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

async function script(command: string, args: readonly string[], rows: readonly Row[]): Promise<readonly unknown[]> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(rows));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (errors !== '') throw new Error(errors);
  const results: unknown = JSON.parse(out);
  if (!Array.isArray(results)) throw new Error(`expected a list, not ${out}`);
  return results;
}
