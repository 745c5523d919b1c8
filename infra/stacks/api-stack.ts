import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  type IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpcEndpoint,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdApi } from '../constructs/ejabberd-api.ts';
import type { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { peerOf } from '../constructs/peers.ts';
import type { NetworkStack } from './network-stack.ts';
import { removalPolicyOf } from './policies.ts';
import { publish } from './publish.ts';

/** The functions and the network of an {@link ApiStack}. */
export interface ApiStackProps extends StackProps {
  /** The functions that the API invokes. */
  readonly rostbeef: EjabberdFunctions;
  /** The VPC and subnets for the endpoint of a private API. */
  readonly network: NetworkStack;
}

/** The REST API, and the VPC endpoint of a private API. */
export class ApiStack extends Stack {
  readonly api: EjabberdApi;

  constructor(scope: Construct, id: string, config: Configuration, { rostbeef, network, ...props }: ApiStackProps) {
    super(scope, id, props);
    const privateEndpoint = config.apiAccess === 'private' ? this.#endpoint(config, network) : undefined;
    this.api = new EjabberdApi(this, 'Api', {
      functions: rostbeef.functions,
      privateEndpoint,
      accounts: config.apiAccounts,
      rateLimit: config.apiRateLimit,
      burstLimit: config.apiBurstLimit,
      accountLogging: config.apiAccountLogging,
      logRetention: config.logRetentionDays,
      removalPolicy: removalPolicyOf(config),
    });
    // Replaced by the output `Url`.
    this.api.api.node.tryRemoveChild('Endpoint');
    publish(this, config, {
      output: 'Url',
      parameter: 'api-url',
      value: this.#url(privateEndpoint),
      description: 'POST <url>/<method>, signed for execute-api.',
    });
    new CfnOutput(this, 'ExecuteApiArn', {
      value: this.api.api.arnForExecuteApi('POST', '/*', this.api.api.deploymentStage.stageName),
      description: 'A caller’s policy allows execute-api:Invoke on this.',
    });
  }

  /** Has no trailing slash. The name of a private API contains its endpoint, so that it needs no private DNS. */
  #url(endpoint: IVpcEndpoint | undefined): string {
    const { restApiId, deploymentStage } = this.api.api;
    const name = endpoint === undefined ? restApiId : `${restApiId}-${endpoint.vpcEndpointId}`;
    return `https://${name}.execute-api.${this.region}.${this.urlSuffix}/${deploymentStage.stageName}`;
  }

  /** Has no private DNS name, because that would send the calls of all APIs in the VPC to this endpoint. */
  #endpoint({ apiVpcEndpointId, apiPeers }: Configuration, network: NetworkStack): IInterfaceVpcEndpoint {
    if (apiVpcEndpointId !== undefined) {
      return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Endpoint', {
        vpcEndpointId: apiVpcEndpointId,
        port: 443,
      });
    }
    const { vpc, subnets } = network;
    const securityGroup = new SecurityGroup(this, 'Callers', {
      vpc,
      description: 'The endpoint of the private API: in from its callers',
      allowAllOutbound: false,
    });
    for (const peer of apiPeers ?? [network.vpcCidr ?? vpc.vpcCidrBlock]) {
      securityGroup.addIngressRule(peerOf(peer), Port.HTTPS, 'Callers of the API');
    }
    const endpoint = new InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc,
      service: InterfaceVpcEndpointAwsService.APIGATEWAY,
      subnets: { subnets: [...subnets] },
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: false,
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new StarPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: [this.formatArn({ service: 'execute-api', resource: '*' })],
      }),
    );
    Tags.of(endpoint).add('Name', 'rostbeef-api');
    return endpoint;
  }
}
