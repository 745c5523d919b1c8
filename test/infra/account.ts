/** A deployment as an AWS account would have it: every resource with an ARN, every reference filled in. */
import type { Deployment } from './changes.ts';
import { filledIn, type Json, type Resource } from './template.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

/** A resource with what it is called. */
export interface Deployed {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, Json>>;
}

/** The end of an ARN by the type of the resource. CloudFormation makes up a name from the logical id. */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::ApiGateway::RestApi': (name) => `arn:aws:apigateway:${REGION}::/restapis/${name}`,
  'AWS::DynamoDB::Table': (name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  'AWS::Events::EventBus': (name) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`,
  'AWS::Events::Rule': (name) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::KMS::Key': (name) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}`,
  'AWS::Lambda::Alias': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}:live`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
  'AWS::StepFunctions::StateMachine': (name) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`,
  'AWS::SecretsManager::Secret': (name) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`,
};

/** The types whose `Ref` is their ARN. */
const REF_IS_ARN: readonly string[] = [
  'AWS::Lambda::Alias',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
];

/** All resources of a deployment. */
export function deployed(deployment: Deployment): readonly Deployed[] {
  return [...deployment].flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, { Type, Properties = {} }]) => ({
      stack,
      id: id.replace(/[0-9A-F]{8}$/, ''),
      type: Type,
      arn: arnOf(id, Type),
      properties: propertiesOf(deployment, stack, Properties),
    })),
  );
}

function propertiesOf(deployment: Deployment, stack: string, properties: Resource['Properties'] & object) {
  const filled: Readonly<Record<string, Json>> = Object(filledIn(properties, lookupIn(deployment, stack)));
  return filled;
}

function arnOf(id: string, type: string): string {
  return ARNS[type]?.(id) ?? id;
}

function lookupIn(deployment: Deployment, stack: string) {
  return (intrinsic: string, argument: Json): Json | undefined => {
    const resourceOf = (id: string) => deployment.get(stack)?.Resources[id];
    if (intrinsic === 'Ref') {
      const id = String(argument);
      const type = resourceOf(id)?.Type ?? '';
      if (type === 'AWS::ApiGateway::Stage') return resourceOf(id)?.Properties?.['StageName'];
      if (type === 'AWS::S3::Bucket') return id.toLowerCase();
      return REF_IS_ARN.includes(type) ? arnOf(id, type) : id;
    }
    if (intrinsic === 'Fn::GetAtt') {
      const [id, attribute] = Array.isArray(argument) ? argument.map(String) : [];
      return attribute === 'Arn' ? arnOf(String(id), resourceOf(String(id))?.Type ?? '') : `${id}.${attribute}`;
    }
    if (intrinsic === 'Fn::GetStackOutput') {
      const { StackName, OutputName }: Record<string, string> = Object(argument);
      return outputOf(deployment, String(StackName), String(OutputName));
    }
    if (intrinsic === 'Fn::ImportValue') {
      const [producer = '', output = ''] = String(argument).split(':');
      return outputOf(deployment, producer, output);
    }
    return undefined;
  };
}

function outputOf(deployment: Deployment, stack: string, output: string): Json {
  const value = deployment.get(stack)?.Outputs?.[output]?.Value;
  if (value === undefined) throw new Error(`${stack} has no output ${output}`);
  return filledIn(value, lookupIn(deployment, stack));
}
