/** The account and Region that an environment is deployed to. */

/** The account and Region of the AWS credentials, as the CDK’s command line passes them to the app. */
export interface Credentials {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

type Given = Readonly<Record<string, unknown>>;

/** The account and Region that the stacks are bound to. `undefined` means those of the credentials. */
export interface Target {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/**
 * Determines the account and Region of the stacks: those that the context names, and those of the credentials if a VPC has
 * to be looked up there.
 *
 * @param given the checked settings
 * @param credentials those that the app is synthesized with
 * @returns `undefined` if the stacks can be deployed to any
 * @example
 * targetOf({ account: '123456789012', region: 'eu-west-1' }, {}) // { account: '123456789012', region: 'eu-west-1' }
 */
export function targetOf(given: Given & Credentials, credentials: Credentials): Target | undefined {
  const account = given.account ?? (looksVpcUp(given) ? credentials.account : undefined);
  const region = given.region ?? (looksVpcUp(given) ? credentials.region : undefined);
  return account === undefined && region === undefined ? undefined : { account, region };
}

/**
 * Lists the problems of deploying these settings with these credentials, by key.
 *
 * @param given the settings as they were given
 * @param credentials those that the app is synthesized with
 */
export function targetProblems(given: Given, credentials: Credentials): readonly string[] {
  const { account, region } = given;
  const problems: string[] = [];
  if (looksVpcUp(given) && credentials.account === undefined) {
    problems.push('vpcId: looking the VPC up requires AWS credentials: set some, or give subnetIds and vpcCidr');
  }
  if (credentials.account === undefined) return problems;
  // Without credentials nothing can be deployed, and the command line passes a default Region.
  for (const [key, wanted] of Object.entries({ account, region })) {
    const actual = key === 'account' ? credentials.account : credentials.region;
    if (wanted !== undefined && actual !== undefined && String(wanted) !== actual) {
      problems.push(`${key}: expected ${wanted}, but the AWS credentials are set to ${actual}: use those of ${wanted}`);
    }
  }
  return problems;
}

/** The ARNs of secrets and of their keys. */
const ARNS = {
  secretArn: { what: 'a secret', fix: 'replicate it, and name the replica' },
  secretKeyArn: { what: 'a key', fix: 'name the key of the replica' },
  rotationAdminSecretArn: { what: 'a secret', fix: 'replicate it, and name the replica' },
  rotationAdminSecretKeyArn: { what: 'a key', fix: 'name the key of the replica' },
} as const;

/**
 * Lists the secrets and keys in another Region than the stacks, by key. The functions read secrets in their own Region only.
 * If the Region of the stacks is not known yet, that of `secretArn` is expected.
 *
 * @param given the settings as they were given
 * @param credentials those that the app is synthesized with
 */
export function regionProblems(given: Given, credentials: Credentials): readonly string[] {
  const ofCredentials = credentials.account === undefined ? undefined : credentials.region;
  const expected = given['region'] ?? ofCredentials ?? regionOf(given['secretArn']);
  return Object.entries(ARNS).flatMap(([key, { what, fix }]) => {
    const actual = regionOf(given[key]);
    if (actual === undefined || expected === undefined || actual === expected) return [];
    return [`${key}: expected ${what} in ${expected}, but it is in ${actual}: ${fix}`];
  });
}

function regionOf(arn: unknown): string | undefined {
  return /^arn:[^:]+:[^:]+:([^:]+):/.exec(String(arn))?.[1];
}

function looksVpcUp({ vpcId, subnetIds }: Given): boolean {
  return vpcId !== undefined && subnetIds === undefined;
}
