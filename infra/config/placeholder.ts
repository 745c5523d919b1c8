/** The hosts of examples (RFC 2606), where no ejabberd can be. */
const EXAMPLE_HOST = /(?:^|\.)(?:example|example\.(?:com|net|org))$/i;

/**
 * Returns the problems of settings that still have the values of an example.
 *
 * @param given the settings as they were given
 * @returns a problem by key for `ejabberdUrl`, and for `ejabberdAccount` if a secret is made for it
 */
export function placeholderProblems({
  ejabberdUrl,
  ejabberdAccount,
  ejabberdDialect,
  secretArn,
}: Readonly<Record<string, unknown>>): readonly string[] {
  const host = typeof ejabberdUrl === 'string' && URL.canParse(ejabberdUrl) ? new URL(ejabberdUrl).hostname : '';
  const domain = typeof ejabberdAccount === 'string' ? ejabberdAccount.slice(ejabberdAccount.indexOf('@') + 1) : '';
  return [
    ...(EXAMPLE_HOST.test(host)
      ? [`ejabberdUrl: ${host} is the host of an example: set the address of your ejabberd`]
      : []),
    ...(secretArn === undefined && ejabberdDialect !== 'rostbeef' && EXAMPLE_HOST.test(domain)
      ? [`ejabberdAccount: ${domain} is the domain of an example: set the account of your ejabberd, or secretArn`]
      : []),
  ];
}
