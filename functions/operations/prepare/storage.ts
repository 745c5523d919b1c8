/** Reads and writes objects of S3 as streams. */
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, NoSuchBucket, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { InvalidInputError } from 'rostbeef-layer';

/** An object that is being written. */
interface ObjectWriter {
  /** Writes a line. It resolves as soon as the next line may be written. */
  write(line: string): Promise<void>;
  /** Completes the object. It does not exist before. */
  close(): Promise<void>;
  /** Cancels the upload. The object will not exist. */
  abort(): Promise<void>;
}

/** The objects of one bucket. */
export interface Storage {
  /** Reads an object as a stream. @throws InvalidInputError if there is no such object */
  read(key: string): Promise<Readable>;
  /** Reads a short object as text. @throws InvalidInputError if there is no such object */
  readText(key: string): Promise<string>;
  /** Starts to write an object. */
  write(key: string): ObjectWriter;
  /** Closes the connections. */
  close(): void;
}

/** The smallest part that S3 accepts. A writer holds two parts: one is sent, one is filled. An object has up to 10,000 parts. */
const PART_BYTES = 5 * 1024 * 1024;

/** A connection that takes longer never succeeds. There is no route from the VPC to S3, for example. */
const CONNECTION_TIMEOUT_MS = 4_000;

/**
 * Opens a bucket.
 *
 * @param signal ends all reads and writes
 * @example
 * const storage = openStorage('my-bucket', AbortSignal.timeout(60_000));
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

/** Tells whether S3 responded with an error, or the connection to S3 failed. */
export function isStorageFailure(error: unknown): boolean {
  return error instanceof S3ServiceException || (error instanceof Error && 'code' in error);
}

function explained(error: unknown): never {
  if (!(error instanceof NoSuchKey) && !(error instanceof NoSuchBucket)) throw error;
  throw new InvalidInputError({ issues: [{ path: 'key', message: 'names no object of the bucket: upload it first' }] });
}
