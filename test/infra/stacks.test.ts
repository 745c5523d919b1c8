import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { catalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { permissionsIn } from './policies.ts';
import { EVERYTHING, EXISTING_VPC, TWO_GROUPS_IN_EACH_ZONE, templatesOf } from './synthesize.ts';

const plain = templatesOf();
const whole = templatesOf(EVERYTHING);

const resources = (template: typeof plain.api, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('the functions', () => {
  const functions = resources(plain.functions, 'AWS::Lambda::Function');

  it('are the seven of the catalogue and the doctor, with an alias each', () => {
    expect(functions.map(({ Description }) => Description)).toEqual(
      expect.arrayContaining(catalogue.map(({ summary }) => summary)),
    );
    expect(functions).toHaveLength(catalogue.length + 1);
    plain.functions.allResourcesProperties('AWS::Lambda::Alias', { Name: 'live' });
    plain.functions.resourceCountIs('AWS::Lambda::Alias', functions.length);
  });

  it('are all Node.js 24 on arm64, on the one layer, in the VPC, traced, with JSON logs in a group that is kept for a time', () => {
    plain.functions.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    plain.functions.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Layers: [Match.anyValue()],
      VpcConfig: { SecurityGroupIds: [Match.anyValue()], SubnetIds: Match.anyValue() },
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', LogGroup: Match.anyValue() },
    });
    plain.functions.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  it('have more time than their deadline, and API Gateway more than they', () => {
    for (const { Timeout, Environment, Description } of functions.filter(({ Description }) =>
      catalogue.some(({ summary }) => summary === Description),
    )) {
      expect(Timeout * 1000, Description).toBeGreaterThan(Number(Environment.Variables.EJABBERD_TIMEOUT_MS));
      expect(Timeout, Description).toBeLessThan(29);
    }
  });

  it('reserve nothing unless told', () => {
    expect(functions.filter(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions)).toEqual([]);
  });

  it.each([16, 17, 37, 100, 1000])('never make more than %i connections if that is the limit', (maxConcurrency) => {
    const { functions: template } = templatesOf({ ...EVERYTHING, maxConcurrency });
    const connections = resources(template, 'AWS::Lambda::Function').map(
      ({ ReservedConcurrentExecutions, Environment }) =>
        ReservedConcurrentExecutions * Number(Environment.Variables.EJABBERD_MAX_CONNECTIONS ?? 1),
    );
    const sum = connections.reduce((a, b) => a + b);
    expect(connections.every((each) => each >= 1)).toBe(true);
    expect(sum).toBeLessThanOrEqual(maxConcurrency);
    expect(sum).toBeGreaterThan(maxConcurrency / 2);
  });

  it('repeat an event that failed, but not one that may have sent a stanza', () => {
    // Nor with a table: what is invoked directly may have no key.
    for (const template of [plain.functions, whole.functions]) {
      const retries = Object.values(template.findResources('AWS::Lambda::EventInvokeConfig')).map(
        ({ Properties }) => [Properties.FunctionName.Ref, Properties.MaximumRetryAttempts] as const,
      );
      for (const [name, count] of retries) {
        expect(count, name).toBe(/sendstanza|Doctor/i.test(name) ? 0 : 2);
      }
      expect(retries).toHaveLength(8);
    }
  });

  it('find no password in their environment', () => {
    for (const template of [plain, whole]) {
      const environments = resources(template.functions, 'AWS::Lambda::Function').map(({ Environment }) => Environment);
      expect(JSON.stringify(environments)).not.toMatch(/password|resolve:secretsmanager/i);
    }
  });
});

describe('who may read a secret', () => {
  const readersOf = (template: typeof plain.functions, secret: RegExp) =>
    permissionsIn(template)
      .filter(({ effect, actions }) => effect === 'Allow' && actions.includes('secretsmanager:GetSecretValue'))
      .filter((permission) => permission.resources.some((resource) => secret.test(resource)))
      .map(({ role }) => role);

  it('are the seven functions, the doctor and the rotation, of the account’s', () => {
    const readers = readersOf(whole.functions, /secret:ejabberd/);
    expect(readers).toHaveLength(9);
    expect(new Set(readers).size).toBe(9);
  });

  it('is only the rotation, for the secret of the administrator', () => {
    expect(readersOf(whole.functions, /secret:admin/)).toEqual(['RotationRotateRole']);
  });

  it('is no role of another stack', () => {
    for (const template of [whole.network, whole.api, whole.monitoring]) {
      expect(JSON.stringify(template.toJSON())).not.toContain('secretsmanager:GetSecretValue');
    }
  });

  it('may use the key of the secret for this secret only', () => {
    const decrypting = permissionsIn(whole.functions).filter(({ actions }) => actions.includes('kms:Decrypt'));
    expect(decrypting).toHaveLength(10);
    for (const { conditions, resources: keys } of decrypting) {
      expect(conditions).toHaveProperty(['StringEquals', 'kms:EncryptionContext:SecretARN']);
      expect(keys).not.toContain('*');
    }
  });
});

describe('every role', () => {
  const all = [plain, whole].flatMap(({ network, functions, api, events, workflows, monitoring }) => [
    network,
    functions,
    api,
    events,
    workflows,
    monitoring,
  ]);

  it('names its resources, but for what has none to name', () => {
    const nameless = all.flatMap(permissionsIn).filter(({ resources: named }) => named.includes('*'));
    const actions = new Set(nameless.filter(({ effect }) => effect === 'Allow').flatMap((one) => one.actions));
    expect([...actions].sort()).toEqual([
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
      // The permissions that AWS's documentation names for a state machine that logs and traces.
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'secretsmanager:GetRandomPassword',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('names its actions', () => {
    const wild = all.flatMap(permissionsIn).flatMap(({ actions }) => actions.filter((action) => action.includes('*')));
    expect(wild).toEqual([]);
  });

  it('keeps network interfaces from the functions’ own code', () => {
    const denied = permissionsIn(plain.functions).filter(({ effect }) => effect === 'Deny');
    expect(denied).toHaveLength(8);
    for (const { actions, conditions } of denied) {
      expect(actions).toContain('ec2:CreateNetworkInterface');
      expect(conditions).toEqual({ Null: { 'lambda:SourceFunctionArn': 'false' } });
    }
  });
});

describe('the stacks', () => {
  it('are deployed after those that they refer to', () => {
    const after = whole.app.node.children
      .filter((child) => Stack.isStack(child))
      .map((stack) => [stack.stackName, stack.dependencies.map(({ stackName }) => stackName)]);
    expect(Object.fromEntries(after)).toEqual({
      'rostbeef-prod-network': [],
      'rostbeef-prod-functions': [],
      'rostbeef-prod-api': ['rostbeef-prod-functions'],
      'rostbeef-prod-events': ['rostbeef-prod-functions'],
      'rostbeef-prod-workflows': ['rostbeef-prod-functions'],
      'rostbeef-prod-monitoring': ['rostbeef-prod-functions', 'rostbeef-prod-events', 'rostbeef-prod-workflows'],
    });
  });
});

describe('the network', () => {
  const egressOf = (template: typeof plain.functions) =>
    [
      ...resources(template, 'AWS::EC2::SecurityGroup').flatMap(({ SecurityGroupEgress = [] }) => SecurityGroupEgress),
      ...resources(template, 'AWS::EC2::SecurityGroupEgress'),
    ].filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32');

  it('lets the functions out to ejabberd’s port and Secrets Manager’s endpoint, and nowhere else', () => {
    expect(egressOf(plain.functions)).toEqual([
      expect.objectContaining({ Description: 'ejabberd_xmlrpc', FromPort: 5443, ToPort: 5443 }),
      expect.objectContaining({
        Description: 'Secrets Manager',
        FromPort: 443,
        ToPort: 443,
        DestinationSecurityGroupId: expect.anything(),
      }),
    ]);
  });

  describe('of a deployment with an idempotency table', () => {
    const keeping = { idempotency: true, dynamodbPrefixListId: 'pl-0123456789abcdef0' };
    const gatewaysIn = (template: typeof plain.functions) =>
      resources(template, 'AWS::EC2::VPCEndpoint').filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');
    const toDynamoDb = {
      Description: 'DynamoDB',
      FromPort: 443,
      ToPort: 443,
      DestinationPrefixListId: 'pl-0123456789abcdef0',
    };

    it('lets the functions out to DynamoDB, by a gateway on the routes of their subnets', () => {
      const { functions } = templatesOf(keeping);
      expect(egressOf(functions)).toHaveLength(egressOf(plain.functions).length + 1);
      expect(egressOf(functions)).toContainEqual(expect.objectContaining(toDynamoDb));
      expect(gatewaysIn(functions)).toMatchObject([{ RouteTableIds: [expect.anything(), expect.anything()] }]);
    });

    it('uses the route tables of an existing VPC', () => {
      expect(gatewaysIn(whole.functions)).toMatchObject([{ RouteTableIds: ['rtb-0123456789abcdef0'] }]);
    });

    it('makes no gateway endpoint if one exists, or if there is no table', () => {
      const { functions } = templatesOf({ ...keeping, dynamodbEndpoint: 'false' });
      expect(gatewaysIn(functions)).toEqual([]);
      expect(egressOf(functions)).toContainEqual(expect.objectContaining(toDynamoDb));
      expect(gatewaysIn(plain.functions)).toEqual([]);
    });
  });

  it('knows ejabberd by the address in its URL, or by what it is told', () => {
    const byAddress = templatesOf({ ejabberdUrl: 'http://10.0.3.7:4560/' });
    expect(egressOf(byAddress.functions)).toContainEqual(
      expect.objectContaining({ CidrIp: '10.0.3.7/32', FromPort: 4560 }),
    );
    const told = templatesOf({ ejabberdPeers: 'sg-0123456789abcdef0,192.168.7.0/24' });
    expect(egressOf(told.functions)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ DestinationSecurityGroupId: 'sg-0123456789abcdef0', FromPort: 5443 }),
        expect.objectContaining({ CidrIp: '192.168.7.0/24', FromPort: 5443 }),
      ]),
    );
  });

  it('makes a new VPC without a way to the Internet', () => {
    plain.network.resourceCountIs('AWS::EC2::VPC', 1);
    for (const type of ['AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::EIP']) {
      plain.network.resourceCountIs(type, 0);
    }
  });

  it('opens ejabberd’s own security group if it is told to', () => {
    const peers = { ejabberdPeers: 'sg-0123456789abcdef0,192.168.7.0/24' };
    const into = (template: typeof plain.functions) =>
      resources(template, 'AWS::EC2::SecurityGroupIngress').filter(({ GroupId }) => GroupId === 'sg-0123456789abcdef0');
    expect(into(templatesOf(peers).functions)).toEqual([]);
    expect(into(templatesOf({ ...peers, openEjabberdPeers: 'true' }).functions)).toMatchObject([
      { FromPort: 5443, ToPort: 5443, SourceSecurityGroupId: { 'Fn::GetAtt': expect.anything() } },
    ]);
  });

  it('takes one subnet for each zone of a VPC that is looked up, however many groups of subnets it has', () => {
    const { functions } = templatesOf(
      { vpcId: 'vpc-0123456789abcdef0', ...TWO_GROUPS_IN_EACH_ZONE },
      { account: '123456789012', region: 'eu-west-1' },
    );
    const [endpoint] = resources(functions, 'AWS::EC2::VPCEndpoint');
    expect(endpoint?.['SubnetIds']).toEqual(['subnet-1a', 'subnet-1b']);
  });

  it('makes only parameters in the stack of an existing VPC', () => {
    const { network } = templatesOf(EXISTING_VPC);
    const types = Object.values<{ readonly Type: string }>(network.toJSON()['Resources']).map(({ Type }) => Type);
    expect(new Set(types)).toEqual(new Set(['AWS::SSM::Parameter']));
  });

  it('leaves everybody else in the VPC their way to AWS’s services', () => {
    const interfaces = [whole.functions, whole.api]
      .flatMap((template) => resources(template, 'AWS::EC2::VPCEndpoint'))
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(interfaces.map(({ PrivateDnsEnabled }) => PrivateDnsEnabled)).toEqual([false, false]);
    for (const { Environment } of resources(whole.functions, 'AWS::Lambda::Function')) {
      expect(JSON.stringify(Environment.Variables.AWS_ENDPOINT_URL_SECRETS_MANAGER)).toMatch(/https:\/\/.*DnsEntries/);
    }
  });

  it('makes no endpoint for Secrets Manager if one exists', () => {
    const { functions } = templatesOf({
      secretsManagerEndpoint: 'false',
      secretsManagerPeers: 'sg-0123456789abcdef0',
    });
    functions.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    expect(egressOf(functions)).toContainEqual(
      expect.objectContaining({ Description: 'Secrets Manager', DestinationSecurityGroupId: 'sg-0123456789abcdef0' }),
    );
  });
});

describe('a version of a function', () => {
  it('stays for a rollback, but not if the deployment that made it fails, because it would block the next one', () => {
    const versions = Object.values(whole.functions.findResources('AWS::Lambda::Version'));
    expect(versions).not.toEqual([]);
    for (const { DeletionPolicy, UpdateReplacePolicy } of versions) {
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });
});

describe('the idempotency table', () => {
  it('is paid by request, forgets in time, can be restored, and outlives the stack in prod', () => {
    const [[, table] = []] = Object.entries(whole.functions.findResources('AWS::DynamoDB::Table'));
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    });
    plain.functions.resourceCountIs('AWS::DynamoDB::Table', 0);
  });

  it('is accessible to send_stanza only, with no more actions than it needs', () => {
    const knowing = resources(whole.functions, 'AWS::Lambda::Function').filter(
      ({ Environment }) => 'EJABBERD_IDEMPOTENCY_TABLE' in Environment.Variables,
    );
    expect(knowing.map(({ Description }) => Description)).toEqual(['Send a stanza']);
    const allowed = permissionsIn(whole.functions).filter(({ actions }) =>
      actions.some((action) => action.startsWith('dynamodb:')),
    );
    expect(allowed).toMatchObject([
      {
        role: expect.stringMatching(/sendstanza/i),
        actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [expect.stringMatching(/^IdempotencyKeys/)],
      },
    ]);
  });
});

describe('the secret', () => {
  it('is made with a generated password under a key of its own, and says its form', () => {
    plain.functions.hasResourceProperties('AWS::SecretsManager::Secret', {
      Description: Match.stringLikeRegexp('"user".*"server".*"password"'),
      KmsKeyId: Match.anyValue(),
      GenerateSecretString: {
        SecretStringTemplate: '{"user":"rostbeef","server":"example.com"}',
        GenerateStringKey: 'password',
      },
    });
  });

  it('goes with the stack in dev, and outlives it in prod', () => {
    const policyIn = (template: typeof plain.functions) =>
      Object.values(template.findResources('AWS::SecretsManager::Secret')).map(({ DeletionPolicy }) => DeletionPolicy);
    expect(policyIn(plain.functions)).toEqual(['Delete']);
    expect(
      policyIn(
        templatesOf({
          environment: 'prod',
          ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc',
          ejabberdAccount: 'rostbeef@xmpp.internal',
        }).functions,
      ),
    ).toEqual(['Retain']);
  });

  it('is rotated by Secrets Manager if the administrator’s secret is set', () => {
    whole.functions.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediatelyOnUpdate: false,
    });
    whole.functions.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'secretsmanager.amazonaws.com',
      SourceArn: EVERYTHING['secretArn'],
      SourceAccount: Match.anyValue(),
    });
    plain.functions.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0);
  });
});
