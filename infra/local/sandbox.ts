import { randomBytes, randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { AwsCredentials } from './aws-credentials.ts';
import { type Call, ExecutionEnvironment, type Outcome } from './execution-environment.ts';
import { functionArn, lambdaEnvironment } from './lambda-environment.ts';

/** A bundled function, and the layer beside it: two folders as they would be deployed. */
export interface FunctionBundle {
  /** Becomes the task root; its `index` module exports `handler`. */
  readonly folder: string;
  /** What Lambda would unpack at `/opt`. */
  readonly layer?: string;
}

/** How a function is to run. */
export interface SandboxOptions extends FunctionBundle {
  readonly name: string;
  /** The function's own environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Finds the AWS credentials of a new process. A process whose credentials expire is replaced before the next call. */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
  /** Default: 29, since API Gateway waits no longer. */
  readonly timeoutSeconds?: number;
  readonly memoryMegabytes?: number;
  /** Gets each line that the function writes. */
  readonly log?: (line: string) => void;
}

/** Credentials that expire within this time are replaced, because a call may take as long. */
const EXPIRY_MARGIN_MS = 60_000;

/** What a caller may say beside the event. */
export interface InvokeOptions {
  /** Default: a new one. */
  readonly requestId?: string;
  /** JSON, in ASCII. */
  readonly clientContext?: string;
}

/** An invocation's outcome, and what the function logged during it. */
export type Invoked = Outcome & { readonly log: readonly string[] };

/**
 * One function with a concurrency of 1, as Lambda would run it: calls queue, the first one starts a process, and a
 * process that crashed, hung or failed to initialise is replaced by the next call.
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

  /** Invokes the function with an event, or with the bytes of one's JSON. Never rejects. */
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

  /** Ends the process, and with it the call that it is working on and those that wait. */
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
    // What the function wrote before it answered came by another pipe: it is here, but maybe not read yet.
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

/** As in `X-Amzn-Trace-Id`: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function traceId(): string {
  const epoch = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${epoch}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
