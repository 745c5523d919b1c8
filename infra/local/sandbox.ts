import { randomBytes, randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { AwsCredentials } from './aws-credentials.ts';
import { type Call, ExecutionEnvironment, type Outcome } from './execution-environment.ts';
import { functionArn, lambdaEnvironment } from './lambda-environment.ts';

/** The folders of a function and its layer, as they are deployed. */
export interface FunctionBundle {
  /** The task root. Its `index` module exports `handler`. */
  readonly folder: string;
  /** Lambda unpacks it at `/opt`. */
  readonly layer?: string;
}

/** The configuration of a {@link Sandbox}. */
export interface SandboxOptions extends FunctionBundle {
  readonly name: string;
  /** The function's own environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Finds the AWS credentials of a new process. A process is replaced before its credentials expire. */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
  /** Seconds for an invocation. @default 29, the limit of API Gateway */
  readonly timeoutSeconds?: number;
  readonly memoryMegabytes?: number;
  /** Receives each line that the function writes. */
  readonly log?: (line: string) => void;
}

/** Credentials that expire within this time are replaced, because a call may take that long. */
const EXPIRY_MARGIN_MS = 60_000;

/** Options of an invocation. */
export interface InvokeOptions {
  /** @default - a new id */
  readonly requestId?: string;
  /** JSON, in ASCII. */
  readonly clientContext?: string;
}

/** The outcome of an invocation, and the lines that the function logged. */
export type Invoked = Outcome & { readonly log: readonly string[] };

/**
 * Runs a function as Lambda does, with a concurrency of 1. Calls wait in a queue. The first call starts a process, and the next
 * call replaces a process that crashed, hung or failed to initialise.
 */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #log: (line: string) => void;
  #environment: ExecutionEnvironment | undefined;
  #expiration: Date | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #lines: string[] = [];
  #stopped = false;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#log = (line) => {
      this.#lines.push(line);
      options.log?.(line);
    };
  }

  /**
   * Invokes the function. Never rejects.
   *
   * @param event any JSON value, or the bytes of its JSON
   */
  invoke(event: unknown, { requestId = randomUUID(), clientContext }: InvokeOptions = {}): Promise<Invoked> {
    const bytes = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event ?? null));
    const call = {
      requestId,
      event: bytes,
      functionArn: functionArn(this.#options),
      traceId: traceId(),
      clientContext,
    };
    const invoked = this.#queue.then(() => this.#run(call)).catch(neverStarted);
    this.#queue = invoked;
    return invoked;
  }

  /** Ends the process, its current call and all calls in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#environment?.stop();
    await this.#queue;
  }

  async #run(call: Call): Promise<Invoked> {
    this.#lines = [];
    if (this.#expiration !== undefined && this.#expiration.getTime() - Date.now() < EXPIRY_MARGIN_MS) {
      await this.#environment?.stop();
    }
    if (!this.#stopped && (!this.#environment || this.#environment.over)) this.#environment = await this.#coldStart();
    if (this.#stopped) await this.#environment?.stop();
    if (!this.#environment) return neverStarted('The sandbox was stopped');
    const outcome = await this.#environment.invoke(call);
    // Log lines come by another pipe than the result, so lines of this call may still be unread.
    await setImmediate();
    await setImmediate();
    return { ...outcome, log: this.#lines };
  }

  async #coldStart(): Promise<ExecutionEnvironment> {
    const folder = await realpath(this.#options.folder);
    const layer = this.#options.layer && (await realpath(this.#options.layer));
    const credentials = await this.#options.credentials?.();
    this.#expiration = credentials?.expiration;
    const environment = { ...this.#options.environment, ...credentials?.environment };
    return ExecutionEnvironment.start({
      folder,
      timeoutSeconds: this.#options.timeoutSeconds ?? 29,
      environment: lambdaEnvironment({ ...this.#options, environment, folder, ...(layer && { layer }) }),
      log: this.#log,
    });
  }
}

function neverStarted(reason: unknown): Invoked {
  return { kind: 'error', errorType: 'Runtime.ExitError', errorMessage: String(reason), log: [] };
}

/** See `X-Amzn-Trace-Id`: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function traceId(): string {
  const epoch = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${epoch}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
