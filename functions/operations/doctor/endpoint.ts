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

/** Whom a check asks, and how long it may wait. */
export interface Asked extends Pick<Config, 'url'> {
  readonly ca: string | undefined;
  readonly timeoutMs: number;
}

/** Whether `ejabberd_xmlrpc` answers at the URL, or for the classic dialect, anything that speaks XML-RPC. */
export async function checkEndpoint(asked: Asked, isClassic: boolean): Promise<Result<true>> {
  try {
    await runCommands({ ...asked, account: undefined }, (run) => run(echo()));
    return { found: `ejabberd_xmlrpc answers at ${asked.url.pathname}`, value: true };
  } catch (error) {
    if (!(error instanceof RostbeefError)) throw error;
    const found = notXmlRpc(error, asked.url.pathname);
    if (found !== undefined) return { found, mend: mendingOf(error), yaml: listenerYaml(asked.url) };
    const answers = `XML-RPC is answered at ${asked.url.pathname}`;
    if (isClassic) return { found: answers, value: true };
    return {
      found: `${answers}, but not by ejabberd_xmlrpc`,
      mend: 'Correct EJABBERD_URL; for a server with mod_rostbeef or mod_xmlrpc set EJABBERD_DIALECT to rostbeef.',
      yaml: listenerYaml(asked.url),
    };
  }
}

/** Why there is no answer in XML-RPC; `undefined` where there is one, though it be a fault. */
function notXmlRpc(error: RostbeefError, path: string): string | undefined {
  if (error instanceof ConnectionLostError) return 'the connection was closed without an answer';
  if (error instanceof EjabberdTimeoutError) return 'there was no answer in time';
  if (error instanceof EjabberdUnreachableError) return error.message;
  if (!(error instanceof MalformedResponseError)) return undefined;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return /^HTTP status \d+$/.test(reason)
    ? `${reason} at ${path}`
    : `what answers at ${path} does not speak XML-RPC: ${reason}`;
}

function mendingOf(error: RostbeefError): string {
  if (error instanceof ConnectionLostError) {
    return 'If the listener has "tls: true", EJABBERD_URL begins with https; if it is no ejabberd_http, it is another port that is due.';
  }
  if (error instanceof MalformedResponseError) {
    return 'Correct the path in EJABBERD_URL, or give the listener this handler. What stands between must pass POST on.';
  }
  return 'See whether ejabberd is overloaded: raise EJABBERD_TIMEOUT_MS or give it more to run on.';
}
