/** Signs requests by AWS Signature Version 4. */
import { AwsClient } from 'aws4fetch';

/** Makes the signed request of a URL and what fetch would get with it. */
export type Sign = (url: string, init: RequestInit) => Promise<Request>;

/** AWS credentials, as every SDK has them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** How requests are signed. */
export interface SignOptions {
  /**
   * Credentials, or a function that finds them before each call, such as `fromNodeProviderChain()` of
   * `@aws-sdk/credential-providers`. It should cache them, as those of the SDK do.
   */
  readonly credentials: Credentials | (() => Promise<Credentials>);
  /** The AWS Region. @default - the one in the host name of the URL */
  readonly region?: string | undefined;
}

/**
 * Makes a function that signs requests for `execute-api`.
 *
 * @example
 * overHttp(url, { sign: signV4({ credentials: fromNodeProviderChain() }) })
 */
export function signV4({ credentials, region }: SignOptions): Sign {
  const find = typeof credentials === 'function' ? credentials : async () => credentials;
  let known: { readonly credentials: Credentials; readonly signer: AwsClient } | undefined;
  return async (url, init) => {
    const current = await find();
    if (known?.credentials !== current) known = { credentials: current, signer: signerOf(current) };
    return known.signer.sign(url, { ...init, aws: { region: region ?? regionOf(url) } });
  };
}

function signerOf({ accessKeyId, secretAccessKey, sessionToken }: Credentials): AwsClient {
  return new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: 'execute-api',
    retries: 0,
  });
}

/** The Region of an API's host name, such as `abcdef1234.execute-api.eu-west-1.amazonaws.com`. */
function regionOf(url: string): string {
  const [, region] = /\.execute-api\.([\w-]+)\.amazonaws\.com/.exec(new URL(url).hostname) ?? [];
  if (region === undefined) throw new Error('expected the option region, because the host name of the URL has none');
  return region;
}
