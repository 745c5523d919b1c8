import { Match } from 'aws-cdk-lib/assertions';
import { catalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { GATEWAY_ERRORS } from '../../infra/gateway-errors.ts';
import { openApi } from '../../infra/openapi.ts';
import { inputName, resultName, schemas } from '../../infra/schemas.ts';
import { EVERYTHING, templatesOf } from './synthesize.ts';

const { api: template } = templatesOf();
const inPrivate = templatesOf(EVERYTHING);

const propertiesOf = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('the API', () => {
  const document = JSON.parse(JSON.stringify(openApi()));

  it('has the routes of the OpenAPI document, and no others', () => {
    const paths = Object.values(template.findResources('AWS::ApiGateway::Resource')).map(
      ({ Properties }) => `/${Properties.PathPart}`,
    );
    expect(paths.sort()).toEqual(Object.keys(document.paths).sort());
    expect(propertiesOf('AWS::ApiGateway::Method').map(({ HttpMethod }) => HttpMethod)).toEqual(
      catalogue.map(() => 'POST'),
    );
  });

  it.each(catalogue)('documents $name with the schemas of the OpenAPI document', (method) => {
    const model = (name: string) => propertiesOf('AWS::ApiGateway::Model').find(({ Name }) => Name === name)?.Schema;
    for (const name of [inputName(method), resultName(method)]) {
      const { $schema, definitions = {}, ...own } = model(name);
      expect($schema).toBe('http://json-schema.org/draft-04/schema#');
      const asInDocument = (part: unknown) =>
        JSON.parse(JSON.stringify(part).replaceAll('#/definitions/', '#/components/schemas/'));
      // Of the two versions of JSON Schema, only the newer has const.
      const sameKeys = { properties: Object.keys(own.properties ?? {}), required: own.required };
      const wanted = document.components.schemas[name];
      expect(sameKeys).toEqual({ properties: Object.keys(wanted.properties ?? {}), required: wanted.required });
      for (const [shared, schema] of Object.entries(definitions)) {
        expect(Object.keys(asInDocument(schema).properties)).toEqual(
          Object.keys(document.components.schemas[shared].properties),
        );
      }
    }
  });

  it('has no model that the catalogue has not', () => {
    expect(
      propertiesOf('AWS::ApiGateway::Model')
        .map(({ Name }) => Name)
        .sort(),
    ).toEqual(Object.keys(schemas('draft-4')).sort());
  });

  it('refuses calls without an IAM signature', () => {
    template.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM' });
  });

  it('leaves validation to the functions', () => {
    template.resourceCountIs('AWS::ApiGateway::RequestValidator', 0);
  });

  it('invokes the functions by their alias only', () => {
    const invoked = propertiesOf('AWS::Lambda::Permission').map(({ FunctionName }) => JSON.stringify(FunctionName));
    expect(invoked).toHaveLength(catalogue.length);
    for (const name of invoked) expect(name).toMatch(/PublishOutputRefRostbeef\w+Live/);
  });

  it('throttles, traces, and logs who called what, without any body', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      TracingEnabled: true,
      AccessLogSetting: { Format: Match.not(Match.stringLikeRegexp('body|header')) },
      MethodSettings: [
        Match.objectLike({ DataTraceEnabled: false, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }),
      ],
    });
  });

  it('answers its own errors as RFC 9457 problems, and keeps their status', () => {
    const answers = propertiesOf('AWS::ApiGateway::GatewayResponse');
    expect(answers.map(({ StatusCode }) => StatusCode)).toEqual(
      expect.arrayContaining(['401', '403', '404', '413', '415', '429', '502', '504']),
    );
    for (const { ResponseType, ResponseParameters, ResponseTemplates, StatusCode } of answers) {
      expect(ResponseParameters).toEqual({ 'gatewayresponse.header.Content-Type': "'application/problem+json'" });
      const problem = JSON.parse(ResponseTemplates['application/json']);
      expect(problem, ResponseType).toMatchObject({ type: 'about:blank', requestId: '$context.requestId' });
      expect(GATEWAY_ERRORS, ResponseType).toContainEqual(
        expect.objectContaining({ name: problem.name, retryable: problem.retryable }),
      );
      if (StatusCode !== undefined) expect(problem.status).toBe(Number(StatusCode));
      else expect(problem).not.toHaveProperty('status');
    }
  });
});

describe('the private API', () => {
  it('is reached through the VPC’s endpoint, and denies everybody else', () => {
    inPrivate.api.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: [Match.anyValue()] },
      Policy: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'execute-api:Invoke',
            Resource: 'execute-api:/*',
            Condition: { StringNotEquals: { 'aws:SourceVpce': Match.anyValue() } },
          },
        ],
      },
    });
  });
});
