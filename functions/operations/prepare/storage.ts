/** Reads and writes objects of S3 as streams. */
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, NoSuchBucket, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { InvalidInputError } from 'rostbeef-layer';

/** An object that is being written. */
interface ObjectWriter {
  /** Writes a line. It resolves when there is room for another one. */
  write(line: string): Promise<void>;
  /** Ends the object, which is there from then on. */
  close(): Promise<void>;
  /** Gives the object up: nothing of it stays. */
  abort(): Promise<void>;
}

/** The objects of one bucket. */
export interface Storage {
  /** @throws InvalidInputError if there is no such object */
  read(key: string): Promise<Readable>;
  /** Reads a short object as text. @throws InvalidInputError if there is no such object */
  readText(key: string): Promise<string>;
  write(key: string): ObjectWriter;
  close(): void;
}

/** The least that S3 takes. A writer holds one that is sent and one that is filled. An object has up to 10,000 of them. */
const PART_BYTES = 5 * 1024 * 1024;

/** In a Lambda function, a connection to S3 that takes longer does not come about. */
const CONNECTION_TIMEOUT_MS = 4_000;

/**
 * Opens a bucket.
 *
 * @param signal ends every call
 */
export function openStorage(Bucket: string, signal: AbortSignal): Storage {
  const client = new S3Client({ requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS } });
  const read = async (Key: string): Promise<Readable> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal }).catch(explained);
    if (!(Body instanceof Readable)) throw new Error('expected a stream from S3');
    return Body;
  };
  return {
    read,
    readText: async (key) => text(await read(key)),
    write: (Key) => writerOf(client, Bucket, Key, signal),
    close: () => client.destroy(),
  };
}

function writerOf(client: S3Client, Bucket: string, Key: string, signal: AbortSignal): ObjectWriter {
  const body = new PassThrough();
  const params = { Bucket, Key, Body: body, ContentType: 'application/x-ndjson' };
  const upload = new Upload({ client, params, queueSize: 1, partSize: PART_BYTES });
  // A failed upload ends the stream, so that the writer gets the failure.
  const done = upload.done();
  body.on('error', () => undefined);
  done.catch((error) => body.destroy(error));
  const abort = () => upload.abort();
  signal.addEventListener('abort', abort, { once: true });
  return {
    async write(line) {
      if (body.destroyed) await done;
      if (!body.write(`${line}\n`)) await once(body, 'drain');
    },
    async close() {
      body.end();
      await done;
      signal.removeEventListener('abort', abort);
    },
    abort,
  };
}

/** Whether S3 answered an error, or the connection to it failed. */
export function isStorageFailure(error: unknown): boolean {
  return error instanceof S3ServiceException || (error instanceof Error && 'code' in error);
}

function explained(error: unknown): never {
  if (!(error instanceof NoSuchKey) && !(error instanceof NoSuchBucket)) throw error;
  throw new InvalidInputError({ issues: [{ path: 'key', message: 'names no object of the bucket: upload it first' }] });
}
