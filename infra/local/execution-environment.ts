import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type FunctionError, type Invocation, type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** The result of a function, or its error. */
export type Outcome = { readonly kind: 'result'; readonly body: Buffer } | ({ readonly kind: 'error' } & FunctionError);

/** An invocation without its deadline, which counts from the moment when the runtime takes it. */
export type Call = Omit<Invocation, 'deadline'>;

/** The configuration of an {@link ExecutionEnvironment}. */
export interface ExecutionEnvironmentOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly log: (line: string) => void;
}

interface Current {
  readonly call: Call;
  readonly settle: (outcome: Outcome) => void;
  delivered: boolean;
}

/** Lambda’s limit for the initialisation of a function, independent of its time-out. */
const initSeconds = 10;

const runtimeClient = fileURLToPath(import.meta.resolve('aws-lambda-ric'));
const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));

/** One process of the Lambda runtime. A crash, a time-out, a failed initialisation or `stop` ends it. */
export class ExecutionEnvironment {
  readonly #options: ExecutionEnvironmentOptions;
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #exited: Promise<void> | undefined;
  #idle: ((invocation: Invocation) => void) | undefined;
  #current: Current | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  private constructor(options: ExecutionEnvironmentOptions) {
    this.#options = options;
  }

  /** Starts the process. */
  static async start(options: ExecutionEnvironmentOptions): Promise<ExecutionEnvironment> {
    const environment = new ExecutionEnvironment(options);
    const api = await startRuntimeApi({
      next: (deliver) => environment.#next(deliver),
      response: (requestId, body) => environment.#answer(requestId, { kind: 'result', body }),
      error: (requestId, error) => environment.#answer(requestId, { kind: 'error', ...error }),
      initError: (error) => environment.#end(error),
    });
    environment.#launch(api);
    return environment;
  }

  #launch(api: RuntimeApi): void {
    // AWS documents that its runtimes from Node.js 20 on disable require(esm) and syntax detection.
    const flags = ['--no-experimental-require-module', '--no-experimental-detect-module', '--require', preload];
    const child = spawn(process.execPath, [...flags, runtimeClient], {
      cwd: this.#options.folder,
      env: { ...this.#options.environment, AWS_LAMBDA_RUNTIME_API: api.address, ROSTBEEF_RUNTIME_TOKEN: api.token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', this.#options.log);
    this.#exited = once(child, 'exit').then(
      ([code, signal]) => this.#fail('Runtime.ExitError', exitReason(code, signal)),
      (error: unknown) => this.#fail('Runtime.ExitError', `Runtime failed to start: ${error}`),
    );
    this.#child = child;
    this.#api = api;
  }

  /** Whether the process has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs one invocation. The caller must await it before the next one. Never rejects. */
  invoke(call: Call): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#current = { call, settle: resolve, delivered: false };
    if (this.#over) {
      this.#settle({ kind: 'error', errorType: 'Runtime.ExitError', errorMessage: 'The runtime has ended' });
    } else {
      this.#limit(initSeconds);
      this.#deliver();
    }
    return promise;
  }

  /** Kills the process, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#fail('Runtime.ExitError', 'Runtime was stopped');
    await this.#exited;
  }

  #next(deliver: (invocation: Invocation) => void): void {
    this.#idle = deliver;
    this.#deliver();
  }

  #deliver(): void {
    if (!this.#idle || !this.#current || this.#current.delivered) return;
    const seconds = this.#options.timeoutSeconds;
    this.#limit(seconds);
    this.#current.delivered = true;
    this.#idle({ ...this.#current.call, deadline: Date.now() + seconds * 1000 });
    this.#idle = undefined;
  }

  #limit(seconds: number): void {
    clearTimeout(this.#timer);
    const reason = `Task timed out after ${seconds.toFixed(2)} seconds`;
    this.#timer = setTimeout(() => this.#fail('Sandbox.Timedout', reason), seconds * 1000);
  }

  #answer(requestId: string, outcome: Outcome): void {
    if (this.#current?.call.requestId === requestId) this.#settle(outcome);
  }

  #settle(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#current?.settle(outcome);
    this.#current = undefined;
  }

  #fail(errorType: string, reason: string): void {
    const errorMessage = `RequestId: ${this.#current?.call.requestId} Error: ${reason}`;
    if (this.#current) this.#options.log(errorMessage);
    this.#end({ errorType, errorMessage });
  }

  #end(error: FunctionError): void {
    this.#settle({ kind: 'error', ...error });
    if (this.#over) return;
    this.#over = true;
    this.#child?.kill('SIGKILL');
    this.#api?.stop();
  }
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: ${signal ? `signal: ${signal}` : `exit status ${code}`}`;
}
