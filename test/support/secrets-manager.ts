/** A stand-in for AWS Secrets Manager on loopback: one operation, the official client's wire format. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The stand-in, and what it holds. */
export interface SecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly url: string;
  /** Each read, as `<secret> <stage>`, in order. */
  readonly reads: readonly string[];
  /** Sets what a stage of a secret holds; `undefined` removes the stage. */
  set(secret: string, stage: 'AWSCURRENT' | 'AWSPENDING', value: unknown): void;
  /** Answers every read with this error from now on; `undefined` ends that. */
  failWith(error: { readonly status: number; readonly type: string } | undefined): void;
  stop(): Promise<void>;
}

/** Starts one on a free port. A value that is no string is held as its JSON. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const stages = new Map<string, string>();
  const reads: string[] = [];
  let failure: { readonly status: number; readonly type: string } | undefined;

  const answer = (body: string): readonly [number, object] => {
    const { SecretId, VersionStage = 'AWSCURRENT' } = JSON.parse(body);
    const key = `${SecretId} ${VersionStage}`;
    reads.push(key);
    if (failure !== undefined) return [failure.status, { __type: failure.type, message: 'no' }];
    const value = stages.get(key);
    if (value === undefined) return [400, { __type: 'ResourceNotFoundException', message: 'no such stage' }];
    return [200, { ARN: SecretId, Name: SecretId, SecretString: value, VersionStages: [VersionStage] }];
  };

  const server = createServer(async (request, response) => {
    const [status, body] = answer(await textOf(request));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    reads,
    set(secret, stage, value) {
      if (value === undefined) stages.delete(`${secret} ${stage}`);
      else stages.set(`${secret} ${stage}`, typeof value === 'string' ? value : JSON.stringify(value));
    },
    failWith(error) {
      failure = error;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
