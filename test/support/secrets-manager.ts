/** A stand-in for AWS Secrets Manager on loopback: what rotation and its readers call, in the official client's wire format. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SecretVersions, ServiceError } from './secret-versions.ts';

/** The stand-in, and what it holds. */
export interface SecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly url: string;
  /** Each read, as `<secret> <stage>`, in order. */
  readonly reads: readonly string[];
  /** Each call, by its operation's name, in order. */
  readonly calls: readonly string[];
  /** Sets what a stage of a secret holds, by a version of its own; `undefined` removes the stage. */
  set(secret: string, stage: 'AWSCURRENT' | 'AWSPENDING', value: unknown): void;
  /** The versions of a secret, which is there from now on. */
  versions(secret: string): SecretVersions;
  /** Answers every call with this error from now on; `undefined` ends that. */
  failWith(error: { readonly status: number; readonly type: string } | undefined): void;
  /** Does what the next call of an operation wants, and closes its connection instead of an answer. */
  loseAnswer(operation: string): void;
  stop(): Promise<void>;
}

type Input = Readonly<Record<string, string | undefined>> & { readonly VersionStages?: readonly string[] };

/**
 * Starts one on a free port. A value that is no string is held as its JSON.
 *
 * @param tls key and certificate in PEM; without them it speaks plain HTTP
 */
export async function startSecretsManager(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<SecretsManager> {
  const secrets = new Map<string, SecretVersions>();
  const reads: string[] = [];
  const calls: string[] = [];
  const lost: string[] = [];
  let failure: { readonly status: number; readonly type: string } | undefined;

  const versions = (name: string): SecretVersions => {
    const secret = secrets.get(name) ?? new SecretVersions();
    secrets.set(name, secret);
    return secret;
  };

  const answer = (operation: string, input: Input): readonly [number, object] => {
    calls.push(operation);
    if (operation === 'GetSecretValue') reads.push(`${input['SecretId']} ${input['VersionStage'] ?? 'AWSCURRENT'}`);
    if (failure !== undefined) return [failure.status, { __type: failure.type, message: 'no' }];
    try {
      const run = operations[operation];
      if (run === undefined) throw new ServiceError('UnknownOperationException', 'there is no such operation');
      return [200, run(input, secrets.get(input['SecretId'] ?? ''))];
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return [400, { __type: error.type, message: error.message }];
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const [status, body] = answer(operation, JSON.parse(await textOf(request)));
    const loss = lost.indexOf(operation);
    if (loss >= 0) {
      lost.splice(loss, 1);
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    reads,
    calls,
    versions,
    set(secret, stage, value) {
      const id = Object.entries(versions(secret).labels()).find(([, stages]) => stages.includes(stage))?.[0];
      if (value !== undefined) versions(secret).put(randomUUID(), textFor(value), [stage]);
      else if (id !== undefined) versions(secret).move(stage, undefined, id);
    },
    failWith(error) {
      failure = error;
    },
    loseAnswer(operation) {
      lost.push(operation);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The operations by name; https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html. */
const operations: Readonly<Record<string, (input: Input, secret: SecretVersions | undefined) => object>> = {
  GetSecretValue({ SecretId, VersionStage, VersionId }, secret) {
    const { id, value } = there(secret).read(VersionStage, VersionId);
    return { ...named(SecretId), VersionId: id, SecretString: value, VersionStages: there(secret).labels()[id] };
  },
  DescribeSecret({ SecretId }, secret) {
    const { rotates } = there(secret);
    return { ...named(SecretId), RotationEnabled: rotates, VersionIdsToStages: there(secret).labels() };
  },
  PutSecretValue({ SecretId, ClientRequestToken = randomUUID(), SecretString = '', VersionStages }, secret) {
    there(secret).put(ClientRequestToken, SecretString, VersionStages);
    return { ...named(SecretId), VersionId: ClientRequestToken, VersionStages };
  },
  UpdateSecretVersionStage({ SecretId, VersionStage = '', MoveToVersionId, RemoveFromVersionId }, secret) {
    there(secret).move(VersionStage, MoveToVersionId, RemoveFromVersionId);
    return named(SecretId);
  },
  GetRandomPassword({ PasswordLength = '32', ExcludePunctuation }) {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const characters = `${letters}${letters.toUpperCase()}0123456789${ExcludePunctuation ? '' : `!"#$%&'()*+,-./:;<=>?@[]^_{|}~`}`;
    const bytes = [...randomBytes(Number(PasswordLength))];
    return { RandomPassword: bytes.map((byte) => characters[byte % characters.length]).join('') };
  },
};

function there(secret: SecretVersions | undefined): SecretVersions {
  if (secret === undefined) throw new ServiceError('ResourceNotFoundException', 'there is no such secret');
  return secret;
}

function named(secret: string | undefined) {
  return { ARN: secret, Name: secret };
}

function textFor(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
