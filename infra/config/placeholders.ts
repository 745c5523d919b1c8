/** Domains that are reserved for examples (RFC 2606), so that no ejabberd can be there. */
const EXAMPLE_DOMAIN = /(?:^|\.)(?:example|example\.(?:com|net|org))$/i;

/**
 * The problems of settings that still have the placeholders of `cdk.json`, by key.
 *
 * @param given the settings as they were given
 * @example
 * placeholderProblems({ ejabberdUrl: 'https://xmpp.example.com/' }) // ['ejabberdUrl: xmpp.example.com is …']
 */
export function placeholderProblems(given: Readonly<Record<string, unknown>>): readonly string[] {
  const { ejabberdUrl, ejabberdAccount, secretArn, ejabberdDialect } = given;
  const host = typeof ejabberdUrl === 'string' && URL.canParse(ejabberdUrl) ? new URL(ejabberdUrl).hostname : '';
  const isAccountUsed = secretArn === undefined && ejabberdDialect !== 'rostbeef';
  const [, domain = ''] = isAccountUsed ? String(ejabberdAccount).split('@') : [];
  return [
    ...problemOf('ejabberdUrl', host, 'the address of your ejabberd'),
    ...problemOf('ejabberdAccount', domain, 'an account of your ejabberd, or secretArn'),
  ];
}

function problemOf(key: string, domain: string, wanted: string): readonly string[] {
  return EXAMPLE_DOMAIN.test(domain) ? [`${key}: ${domain} is the host of an example: set ${wanted}`] : [];
}
