import {
  type Config,
  ConnectionLostError,
  EjabberdTimeoutError,
  EjabberdUnreachableError,
  echo,
  MalformedResponseError,
  RostbeefError,
  runCommands,
} from 'rostbeef-layer';
import { listenerYaml } from './advice.ts';
import type { Result } from './report.ts';

/** The server that a check calls, and the time limit. */
export interface Target extends Pick<Config, 'url'> {
  readonly ca: string | undefined;
  readonly timeoutMs: number;
}

/** Checks whether `ejabberd_xmlrpc` answers at the URL. For the dialect `rostbeef`, any answer in XML-RPC counts. */
export async function checkEndpoint(target: Target, isClassic: boolean): Promise<Result<true>> {
  try {
    await runCommands({ ...target, account: undefined }, (run) => run(echo()));
    return { found: `ejabberd_xmlrpc answers at ${target.url.pathname}`, value: true };
  } catch (error) {
    if (!(error instanceof RostbeefError)) throw error;
    const found = notXmlRpc(error, target.url.pathname);
    if (found !== undefined) return { found, fix: fixOf(error), yaml: listenerYaml(target.url) };
    const answers = `XML-RPC is answered at ${target.url.pathname}`;
    if (isClassic) return { found: answers, value: true };
    return {
      found: `${answers}, but not by ejabberd_xmlrpc`,
      fix: 'Correct EJABBERD_URL; for a server with mod_rostbeef or mod_xmlrpc set EJABBERD_DIALECT to rostbeef.',
      yaml: listenerYaml(target.url),
    };
  }
}

/** Describes why there is no answer in XML-RPC; `undefined` if there is one, even a fault. */
function notXmlRpc(error: RostbeefError, path: string): string | undefined {
  if (error instanceof ConnectionLostError) return 'the connection was closed without an answer';
  if (error instanceof EjabberdTimeoutError) return 'there was no answer before the time-out';
  if (error instanceof EjabberdUnreachableError) return error.message;
  if (!(error instanceof MalformedResponseError)) return undefined;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return /^HTTP status \d+$/.test(reason) ? `${reason} at ${path}` : `the answer at ${path} is not XML-RPC: ${reason}`;
}

function fixOf(error: RostbeefError): string {
  if (error instanceof ConnectionLostError) {
    return 'If the listener has "tls: true", EJABBERD_URL must begin with https. If the listener is not ejabberd_http, use the port of one that is.';
  }
  if (error instanceof MalformedResponseError) {
    return 'Correct the path in EJABBERD_URL, or give the listener this handler. A proxy in between must pass on POST.';
  }
  return 'Check whether ejabberd is overloaded. Raise EJABBERD_TIMEOUT_MS, or give ejabberd more CPU.';
}
