/** The hosts of examples (RFC 2606), where no ejabberd can be. */
const EXAMPLE_HOST = /(?:^|\.)(?:example|example\.(?:com|net|org))$/i;

/**
 * What is wrong with a URL whose host is that of an example.
 *
 * @param url `ejabberdUrl` as it was given
 * @returns `undefined` for any other host
 */
export function placeholderProblem(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return EXAMPLE_HOST.test(hostname)
    ? `${hostname} is the host of an example: set the address of your ejabberd`
    : undefined;
}
