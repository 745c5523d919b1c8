/** The account and Region that an environment is deployed to. */

/** The account and Region of the AWS credentials, as the CDK's command line tells them to the app. */
export interface Credentials {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

type Given = Readonly<Record<string, unknown>>;

/** The account and Region that the stacks are bound to. `undefined` deploys to those of the credentials. */
export interface Target {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/**
 * The stacks are bound to an account or Region if the context names it, or if a VPC has to be looked up there.
 *
 * @param given the checked settings
 * @param credentials those of the person who synthesizes
 * @example
 * targetOf({ account: '123456789012', region: 'eu-west-1' }, {}) // { account: '123456789012', region: 'eu-west-1' }
 */
export function targetOf(given: Given & Credentials, credentials: Credentials): Target | undefined {
  const account = given.account ?? (looksVpcUp(given) ? credentials.account : undefined);
  const region = given.region ?? (looksVpcUp(given) ? credentials.region : undefined);
  return account === undefined && region === undefined ? undefined : { account, region };
}

/** The problems of deploying these settings with these credentials, by key. */
export function targetProblems(given: Given, credentials: Credentials): readonly string[] {
  const { account, region } = given;
  const problems: string[] = [];
  if (looksVpcUp(given) && credentials.account === undefined) {
    problems.push('vpcId: looking the VPC up takes AWS credentials: set some, or give subnetIds and vpcCidr');
  }
  const regionOfStacks = region ?? (credentials.account === undefined ? undefined : credentials.region);
  for (const key of ['secretArn', 'rotationAdminSecretArn', 'secretKeyArn', 'rotationAdminSecretKeyArn']) {
    const [, , , regionOfArn = ''] = String(given[key] ?? '').split(':');
    if (regionOfArn === '' || regionOfStacks === undefined || regionOfArn === regionOfStacks) continue;
    problems.push(`${key}: expected an ARN in ${regionOfStacks}, but it is in ${regionOfArn}: replicate the secret`);
  }
  if (credentials.account === undefined) return problems;
  // Without credentials nothing can be deployed, and the command line tells a default Region.
  for (const [key, wanted] of Object.entries({ account, region })) {
    const actual = key === 'account' ? credentials.account : credentials.region;
    if (wanted !== undefined && actual !== undefined && String(wanted) !== actual) {
      problems.push(`${key}: expected ${wanted}, but the AWS credentials are set to ${actual}: use those of ${wanted}`);
    }
  }
  return problems;
}

function looksVpcUp({ vpcId, subnetIds }: Given): boolean {
  return vpcId !== undefined && subnetIds === undefined;
}
