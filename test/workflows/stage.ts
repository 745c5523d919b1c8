/** Everything that the state machines need, on this machine: S3, the bundled functions, and time that goes fast. */
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { startFauxqs } from 'fauxqs';
import type { Invoked, SandboxOptions } from '../../infra/local/sandbox.ts';
import { type Bundles, bundleOf } from '../support/bundles.ts';
import { type FunctionPool, openFunctionPool } from '../support/function-pool.ts';
import { begin, type Execution } from '../support/step-functions/execute.ts';
import { localWorld } from '../support/step-functions/local-world.ts';
import type { Machines } from './machines.ts';

/** A place where executions run. */
export interface Stage {
  readonly bucket: string;
  /** Begins an execution. */
  begin(machine: 'bulk' | 'onboarding', input: unknown, name: string): Execution;
  /** Runs an execution to its end. @throws StateError if it fails */
  start(machine: 'bulk' | 'onboarding', input: unknown, name: string): Promise<unknown>;
  /** Runs another definition, whose calls do this. @throws StateError if it fails */
  run(definition: string, input: unknown, call: () => Promise<Invoked>): Promise<unknown>;
  /** Calls one function: a method, or `prepare`. */
  call(name: string, payload: unknown): Promise<Invoked>;
  upload(key: string, content: string | Uint8Array): Promise<void>;
  /** The lines of an object, as values. */
  lines(key: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  keys(prefix: string): Promise<readonly string[]>;
  /** Does something else than a call: `call` makes it. `undefined` ends that. */
  interfere(interference: Interference | undefined): void;
  /** How a process of the preparing function is run. */
  readonly prepareOptions: Omit<SandboxOptions, 'log'>;
  /** The lines that the functions logged. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Decides what becomes of a call. */
export type Interference = (name: string, call: () => Promise<Invoked>) => Promise<Invoked>;

/** The stages' settings. */
export interface StageOptions {
  readonly machines: Machines;
  /** The environment of the seven functions. */
  readonly environment: Readonly<Record<string, string>>;
  readonly bundles: Bundles;
  /** Processes of each function. @default 3 */
  readonly processes?: number;
}

/** Milliseconds that a second of a retrier lasts. */
const SECOND_MS = 10;

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Opens one. */
export async function openStage({ machines, environment, bundles, processes = 3 }: StageOptions): Promise<Stage> {
  const aws = await startFauxqs({ host: '127.0.0.1', port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${aws.port}`;
  const s3 = new S3Client({ endpoint, region: 'eu-west-1', credentials });
  const { bucket: Bucket } = machines;
  aws.createBucket(Bucket);
  const log: string[] = [];
  const pools = new Map<string, FunctionPool>();
  const optionsOf = (name: string): Omit<SandboxOptions, 'log'> => {
    const storage = {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    return {
      ...bundleOf(bundles, name),
      name,
      environment: name === 'prepare' ? storage : environment,
      timeoutSeconds: 120,
    };
  };
  const poolOf = (name: string): FunctionPool => {
    const size = name === 'prepare' ? 1 : processes;
    const pool = pools.get(name) ?? openFunctionPool({ ...optionsOf(name), log: (line) => log.push(line) }, size);
    pools.set(name, pool);
    return pool;
  };
  let interference: Interference = (_, call) => call();
  const invoke = (alias: string, payload: unknown) => {
    const name = machines.functionOf(alias);
    return interference(name, () => poolOf(name).invoke(payload));
  };
  const world = localWorld(s3, invoke, SECOND_MS);
  return {
    bucket: Bucket,
    log,
    prepareOptions: optionsOf('prepare'),
    run: (definition, input, call) => begin(definition, input, 'another', localWorld(s3, call, SECOND_MS))(),
    call: (name, payload) => poolOf(name).invoke(payload),
    begin: (machine, input, name) => begin(machines[machine], input, name, world),
    start: (machine, input, name) => begin(machines[machine], input, name, world)(),
    async upload(Key, content) {
      await new Upload({ client: s3, params: { Bucket, Key, Body: Buffer.from(content) } }).done();
    },
    async lines(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const text = (await Body?.transformToString()) ?? '';
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    },
    async keys(Prefix) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key = [] }) => Key);
    },
    interfere(other = (_, call) => call()) {
      interference = other;
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      s3.destroy();
      await aws.stop();
    },
  };
}
