import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdApi } from '../constructs/ejabberd-api.ts';
import type { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { removalPolicyOf } from './policies.ts';

/** What the API has in front and behind. */
export interface ApiStackProps extends StackProps {
  readonly rostbeef: EjabberdFunctions;
  readonly privateEndpoint: IVpcEndpoint | undefined;
}

/** The functions over HTTP. */
export class ApiStack extends Stack {
  readonly api: EjabberdApi;

  constructor(
    scope: Construct,
    id: string,
    config: Configuration,
    { rostbeef, privateEndpoint, ...props }: ApiStackProps,
  ) {
    super(scope, id, props);
    this.api = new EjabberdApi(this, 'Api', {
      functions: rostbeef.functions,
      privateEndpoint,
      rateLimit: config.apiRateLimit,
      burstLimit: config.apiBurstLimit,
      accountLogging: config.apiAccountLogging,
      logRetention: config.logRetentionDays,
      removalPolicy: removalPolicyOf(config),
    });
    // The construct's own output says the same, under a name that nobody would look for.
    this.api.api.node.tryRemoveChild('Endpoint');
    new CfnOutput(this, 'Url', {
      value: this.#url(privateEndpoint),
      description: 'POST <url><method>, signed for execute-api',
    });
    new CfnOutput(this, 'ExecuteApiArn', {
      value: this.api.api.arnForExecuteApi('POST', '/*', this.api.api.deploymentStage.stageName),
      description: 'What a caller’s policy allows execute-api:Invoke on',
    });
  }
  /** A private API has a name for each endpoint, which needs no private name of the endpoint's own. */
  #url(endpoint: IVpcEndpoint | undefined): string {
    const { api } = this.api;
    if (endpoint === undefined) return api.url;
    const host = `${api.restApiId}-${endpoint.vpcEndpointId}.execute-api.${this.region}.${this.urlSuffix}`;
    return `https://${host}/${api.deploymentStage.stageName}/`;
  }
}
