/** The services that the state machines call, on this machine: functions in sandboxes, S3 of a stand-in, and map runs. */
import { randomUUID } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { Invoked } from '../../../infra/local/sandbox.ts';
import { StateError, type World } from './execute.ts';

/** Invokes a function by the ARN of its alias. */
export type Invoke = (functionArn: string, payload: unknown) => Promise<Invoked>;

/** Makes one. @param secondMs how long a second of a retrier lasts */
export function localWorld(s3: S3Client, invoke: Invoke, secondMs: number): World {
  const mapRuns = new Map<string, object>();
  const put = (Bucket: string, Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const calls: Readonly<Record<string, (args: Readonly<Record<string, string>>) => Promise<unknown>>> = {
    async 'lambda:invoke'({ FunctionName = '', Payload }) {
      const invoked = await invoke(FunctionName, Payload);
      if (invoked.kind === 'result') return { Payload: JSON.parse(String(invoked.body)), StatusCode: 200 };
      const { errorType, errorMessage } = invoked;
      throw new StateError(errorType, JSON.stringify({ errorType, errorMessage }));
    },
    'aws-sdk:s3:putObject': ({ Bucket = '', Key = '', Body }) => put(Bucket, Key, JSON.stringify(Body)),
    async 'aws-sdk:s3:listObjectsV2'({ Bucket, Prefix, MaxKeys }) {
      const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: Number(MaxKeys) }));
      return { KeyCount };
    },
    'aws-sdk:sfn:describeMapRun': async ({ MapRunArn = '' }) => mapRuns.get(MapRunArn),
  };
  return {
    secondMs,
    call(resource, args) {
      const call = calls[resource.replace('arn:aws:states:::', '')];
      if (call === undefined) throw new Error(`expected another resource than ${resource}: it is not called here`);
      return call(Object(args));
    },
    async mapRun({ MaxConcurrency = 1000, ToleratedFailurePercentage = 0 }, reader, writer, run) {
      const { Body } = await s3.send(new GetObjectCommand(Object(reader).Arguments));
      const items = (await Body?.transformToString())?.split('\n').filter((line) => line !== '') ?? [];
      const { Bucket, Prefix } = Object(writer).Arguments;
      const folder = `${Prefix}/${randomUUID()}`;
      const MapRunArn = `arn:aws:states:eu-west-1:123456789012:mapRun:Bulk/Operations:${randomUUID()}`;
      const done: string[] = [];
      let left = items;
      return async () => {
        const failed: { readonly Input: string }[] = [];
        const pending: { readonly Input: string }[] = [];
        const isOver = () => failed.length * 100 > ToleratedFailurePercentage * items.length;
        await pLimit(MaxConcurrency).map(left, async (Input) => {
          if (isOver()) return pending.push({ Input });
          try {
            return done.push(JSON.stringify(await run(JSON.parse(Input))));
          } catch (error) {
            if (!(error instanceof StateError)) throw error;
            const failure = { Name: randomUUID(), Status: 'FAILED', Error: error.name, Cause: error.message, Input };
            return failed.push(failure);
          }
        });
        left = [...failed, ...pending].map(({ Input }) => Input);
        const results = { SUCCEEDED: done, FAILED: failed.map(json), PENDING: pending.map(json) };
        const ResultFiles: Record<string, readonly object[]> = {};
        for (const [status, lines] of Object.entries(results)) {
          const Key = `${folder}/${status}_0.jsonl`;
          if (lines.length > 0) await put(Bucket, Key, lines.map((line) => `${line}\n`).join(''));
          ResultFiles[status] = lines.length > 0 ? [{ Key, Size: Buffer.byteLength(lines.join('\n')) + 1 }] : [];
        }
        await put(Bucket, `${folder}/manifest.json`, json({ DestinationBucket: Bucket, MapRunArn, ResultFiles }));
        if (isOver()) throw new StateError('States.ExceedToleratedFailureThreshold', `${failed.length} failed`);
        mapRuns.set(MapRunArn, {
          ItemCounts: { Total: items.length, Succeeded: done.length, Failed: failed.length },
        });
        return { MapRunArn, ResultWriterDetails: { Bucket, Key: `${folder}/manifest.json` } };
      };
    },
  };
}

function json(value: object): string {
  return JSON.stringify(value);
}
