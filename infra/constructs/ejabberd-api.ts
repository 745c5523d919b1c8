import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  CfnAccount,
  CfnModel,
  EndpointType,
  type IModel,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  Model,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import {
  AccountPrincipal,
  AnyPrincipal,
  Effect,
  Grant,
  type IGrantable,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { catalogue, errorCatalogue, type MethodName } from 'rostbeef-layer';
import { inputName, resultName, schemas } from '../schemas.ts';
import { acknowledge } from './acknowledge.ts';
import { gatewayProblems } from './gateway-problems.ts';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** Properties of an {@link EjabberdApi}. */
export interface EjabberdApiProps {
  /** The functions by method. */
  readonly functions: ReadonlyMap<MethodName, RostbeefFunction>;
  /** The VPC’s endpoint for `execute-api`, the only way to a private API. @default - the API is regional */
  readonly privateEndpoint?: IVpcEndpoint | undefined;
  /**
   * Other accounts, of 12 digits, whose identities may call the API. The policy of each identity must allow it too.
   *
   * @default - this account only
   */
  readonly accounts?: readonly string[] | undefined;
  /** The most requests a second. @default 100 */
  readonly rateLimit?: number | undefined;
  /** The most requests at once. @default 200 */
  readonly burstLimit?: number | undefined;
  /**
   * Whether to set the role by which API Gateway writes logs. Each account and Region has one, so it is kept when the stack is
   * deleted.
   *
   * @default true
   */
  readonly accountLogging?: boolean | undefined;
  /** How long access logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** The removal policy of the access logs. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

const ERROR_STATUSES: readonly number[] = [
  ...new Set(errorCatalogue().flatMap(({ status }) => (status === undefined ? [] : [status]))),
].sort((a, b) => a - b);

/** The members of a line of the access log. They contain no body and no header. */
export const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseType: '$context.error.responseType',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
};

/**
 * A REST API with `POST /<method>` for each method, IAM authorization, throttling, and access logs without bodies. A caller
 * needs `execute-api:Invoke`: see {@link EjabberdApi.grantInvoke}.
 *
 * @example
 * new EjabberdApi(this, 'Api', { functions: rostbeef.functions }).grantInvoke(role)
 */
export class EjabberdApi extends Construct {
  /** The REST API. Its stage is `live`. */
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: EjabberdApiProps) {
    super(scope, id);
    const { privateEndpoint } = props;
    const logs = new LogGroup(this, 'AccessLogs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: Stack.of(this).stackName,
      description: 'ejabberd’s rosters, presence and stanzas',
      endpointConfiguration: privateEndpoint
        ? { types: [EndpointType.PRIVATE], vpcEndpoints: [privateEndpoint] }
        : { types: [EndpointType.REGIONAL] },
      policy: resourcePolicy(props),
      cloudWatchRole: false,
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        stageName: 'live',
        tracingEnabled: true,
        // Metrics of the stage are free. Those of each method cost money, and no alarm or graph uses them.
        metricsEnabled: false,
        // dataTrace would log the bodies.
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        throttlingRateLimit: props.rateLimit ?? 100,
        throttlingBurstLimit: props.burstLimit ?? 200,
        accessLogDestination: new LogGroupLogDestination(logs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    if (props.accountLogging ?? true) this.#allowLogging();
    this.#addMethods(props.functions);
    for (const { type, status, body } of gatewayProblems()) {
      this.api.addGatewayResponse(type.responseType, {
        type,
        statusCode: status?.toString(),
        responseHeaders: { 'Content-Type': "'application/problem+json'" },
        templates: { 'application/json': body },
      });
    }
    acknowledge(
      this.api,
      { id: 'AwsSolutions-APIG2', reason: 'The functions validate, so that local and deployed answer alike.' },
      {
        id: 'AwsSolutions-APIG3',
        reason: 'Every request requires an IAM signature. The account may add a firewall.',
      },
      { id: 'AwsSolutions-COG4', reason: 'Callers are programs on AWS that sign with IAM.' },
    );
  }

  /**
   * Allows an identity to call methods.
   *
   * @param grantee the identity
   * @param methods the methods that it may call; all by default
   */
  grantInvoke(grantee: IGrantable, methods: readonly MethodName[] = catalogue.map(({ name }) => name)): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: methods.map((name) =>
        this.api.arnForExecuteApi('POST', `/${name}`, this.api.deploymentStage.stageName),
      ),
    });
  }

  #allowLogging(): void {
    const role = new Role(this, 'LoggingRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    // All APIs of the account and Region use this role.
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.api.deploymentStage.node.addDependency(account);
    acknowledge(role, {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'API Gateway documents this policy for the role by which it writes the logs of an account and Region.',
    });
  }

  /** The models are documentation. The functions validate. */
  #addMethods(functions: EjabberdApiProps['functions']): void {
    const models = new Map(
      Object.entries(schemas('draft-4')).map(([name, schema]) => [name, this.#model(name, schema)]),
    );
    const modelOf = (name: string): IModel => models.get(name) ?? Model.EMPTY_MODEL;
    for (const method of catalogue) {
      const called = functions.get(method.name);
      if (called === undefined) throw new Error(`no function for ${method.name}`);
      const integration = new LambdaIntegration(called.alias, { allowTestInvoke: false });
      this.api.root.addResource(method.name).addMethod('POST', integration, {
        operationName: method.name,
        requestModels: { 'application/json': modelOf(inputName(method)) },
        methodResponses: [
          { statusCode: '200', responseModels: { 'application/json': modelOf(resultName(method)) } },
          ...ERROR_STATUSES.map((status) => ({
            statusCode: String(status),
            responseModels: { 'application/problem+json': modelOf('Problem') },
          })),
        ],
      });
    }
  }

  /** Uses the L1 construct, because the L2 construct does not take a JSON Schema as it is. */
  #model(name: string, schema: object): IModel {
    const { restApiId } = this.api;
    const model = new CfnModel(this, name, { restApiId, name, contentType: 'application/json', schema });
    this.api.latestDeployment?.node.addDependency(model);
    // A deployment is a copy, so a changed model needs a new one.
    this.api.latestDeployment?.addToLogicalId({ name, schema });
    return Model.fromModelName(this, `${name}Reference`, model.ref);
  }
}

/** Needed only for a private API and for other accounts. An identity’s own policy must allow the call in any case. */
function resourcePolicy({ privateEndpoint, accounts = [] }: EjabberdApiProps): PolicyDocument | undefined {
  const invoke = { actions: ['execute-api:Invoke'], resources: ['execute-api:/*'] };
  const statements: PolicyStatement[] = [];
  if (privateEndpoint !== undefined) {
    statements.push(
      new PolicyStatement({
        ...invoke,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: { StringNotEquals: { 'aws:SourceVpce': privateEndpoint.vpcEndpointId } },
      }),
    );
  }
  if (accounts.length > 0) {
    statements.push(new PolicyStatement({ ...invoke, principals: accounts.map((id) => new AccountPrincipal(id)) }));
  }
  return statements.length === 0 ? undefined : new PolicyDocument({ statements });
}
