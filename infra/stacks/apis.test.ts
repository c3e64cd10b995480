import { beforeAll, describe, expect, it } from 'vitest';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { access, gauging } from '../test-support/sample-domains.ts';
import { type Sample, sampleStage, synthesizeSample } from '../test-support/synthesize-sample.ts';

let sample: Sample;
beforeAll(() => {
  sample = synthesizeSample();
});

const httpRoutes = (of: Sample) =>
  new Map<string, any>(
    of
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(({ stack }) => !stack.endsWith('-realtime'))
      .map(({ Properties }) => [Properties.RouteKey, Properties]),
  );

describe('the HTTP API', () => {
  it('has a default stage that deploys itself, is throttled and logs access', () => {
    const { Properties } = sample.find('AWS::ApiGatewayV2::Stage', ({ StageName }) => StageName === '$default');
    expect(Properties).toMatchObject({
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      AccessLogSettings: { Format: expect.stringContaining('$context.requestId') },
    });
    const { Format } = Properties.AccessLogSettings;
    expect(Format).toContain('$context.routeKey');
    // Paths of callbacks hold the credential of whoever may notify us.
    for (const holdsSecrets of ['query', '$context.path', 'requestOverride'])
      expect(Format).not.toContain(holdsSecrets);
  });

  it('allows the origins of the stage and the headers of the product', () => {
    const { CorsConfiguration: cors } = sample.find(
      'AWS::ApiGatewayV2::Api',
      ({ ProtocolType }) => ProtocolType === 'HTTP',
    ).Properties;
    expect(cors.AllowOrigins).toEqual(['https://console.example.com']);
    expect(cors.AllowHeaders).toEqual(expect.arrayContaining(['authorization', 'idempotency-key', 'if-match']));
  });

  it('asks one authorizer, with simple answers kept for five minutes by credential', () => {
    const authorizer = sample.find(
      'AWS::ApiGatewayV2::Authorizer',
      ({ EnableSimpleResponses }) => EnableSimpleResponses,
    ).Properties;
    expect(authorizer).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: ['$request.header.Authorization'],
    });
  });

  it('guards what is not public, and only that', () => {
    const routes = httpRoutes(sample);
    const open = [...routes].filter(([, { AuthorizationType }]) => AuthorizationType === 'NONE').map(([key]) => key);
    expect(open.sort()).toEqual(
      [
        'ANY /',
        'ANY /{proxy+}',
        'POST /api/v1/sessions',
        'POST /api/v1/sessions/refresh',
        'OPTIONS /api/v1/sessions',
        'OPTIONS /api/v1/sessions/{proxy+}',
        'OPTIONS /api/gauging/gauges',
        'OPTIONS /api/gauging/gauges/{proxy+}',
      ].sort(),
    );
    expect(routes.get('ANY /api/gauging/gauges/{proxy+}')).toMatchObject({ AuthorizationType: 'CUSTOM' });
  });

  it('may invoke a function for its own base only', () => {
    const permissions = sample
      .ofType('AWS::Lambda::Permission')
      .map(({ Properties }) => JSON.stringify(Properties.SourceArn));
    expect(permissions.filter((arn) => arn.includes('/*/*/api/gauging/gauges*'))).toHaveLength(1);
    expect(permissions.every((arn) => arn !== undefined)).toBe(true);
  });

  it('has no preflight routes where no other origin may call', () => {
    const routes = httpRoutes(synthesizeSample(sampleStage({ corsOrigins: [] })));
    expect([...routes.keys()].filter((key) => key.startsWith('OPTIONS'))).toEqual([]);
  });
});

describe('the WebSocket API', () => {
  it('is where the local runtime serves the documented channels', () => {
    const api = sample.find('AWS::ApiGatewayV2::Api', ({ ProtocolType }) => ProtocolType === 'WEBSOCKET').Properties;
    expect(api).toMatchObject({
      RouteSelectionExpression: '$request.body.action',
      Tags: { 'mizan:websocket-path-prefix': '/api/scada/ws' },
    });
  });

  it('authorizes connecting, without identity sources that would all have to be there', () => {
    const routes = sample.ofType('AWS::ApiGatewayV2::Route', '-realtime').map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])).toEqual(
      expect.arrayContaining([
        ['$connect', 'CUSTOM'],
        ['$disconnect', 'NONE'],
        ['$default', 'NONE'],
      ]),
    );
    const [authorizer] = sample.ofType('AWS::ApiGatewayV2::Authorizer', '-realtime');
    expect(authorizer!.Properties.IdentitySource).toBeUndefined();
  });

  it('is deployed after its routes and answers the sender of a message', () => {
    const [stage] = sample.ofType('AWS::ApiGatewayV2::Stage', '-realtime');
    expect(stage!.DependsOn).toHaveLength(3);
    expect(sample.ofType('AWS::ApiGatewayV2::RouteResponse')).toHaveLength(1);
  });
});

describe('routes that one API cannot hold', () => {
  const [template] = gauging.resources;
  const many: DomainManifest = {
    ...access,
    name: 'many',
    tables: {},
    functions: [],
    resources: Array.from({ length: 60 }, (_, index) => ({
      entry: template!.entry,
      access: {},
      resource: { ...template!.resource, name: `resource-${index}`, base: `/api/many/resource-${index}` },
    })),
  };

  it('go to a second, and ask the authorizer of their own', () => {
    const spread = synthesizeSample(sampleStage(), [access, many]);
    const authorizers = spread.ofType('AWS::ApiGatewayV2::Authorizer');
    const apiOf = (stack: string) => {
      const routes = spread.ofType('AWS::ApiGatewayV2::Route', stack).map(({ Properties }) => Properties);
      for (const { AuthorizationType, AuthorizerId, ApiId } of routes) {
        if (AuthorizationType !== 'CUSTOM') continue;
        const { Value } = Object.values(spread.outputs['mizan-dev-access']!).find(
          ({ Export }) => (Export as { Name: string } | undefined)?.Name === AuthorizerId['Fn::ImportValue'],
        )!;
        const asked = authorizers.find(({ logicalId }) => logicalId === (Value as { Ref: string }).Ref)!;
        expect(asked.Properties.ApiId).toEqual(ApiId);
      }
      return [...new Set(routes.map(({ ApiId }) => JSON.stringify(ApiId)))];
    };
    const [first, second] = [apiOf('access-routes'), apiOf('many-routes')];
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(first).not.toEqual(second);
    expect(Object.keys(spread.outputs['mizan-dev-api']!)).toEqual(
      expect.arrayContaining(['HttpApiUrl', 'HttpApiUrl2']),
    );
  });
});

describe('IoT Core', () => {
  it('asks the authorizer for API keys, and may invoke it', () => {
    const authorizer = sample.find('AWS::IoT::Authorizer', () => true);
    expect(authorizer.Properties).toMatchObject({ Status: 'ACTIVE', SigningDisabled: true });
    const permission = sample.find('AWS::Lambda::Permission', ({ Principal }) => Principal === 'iot.amazonaws.com');
    expect(permission.Properties.SourceArn).toEqual({ 'Fn::GetAtt': [authorizer.logicalId, 'Arn'] });
  });

  it('keeps a certificate below the topics of its station', () => {
    const { PolicyDocument: document } = sample.find('AWS::IoT::Policy', () => true).Properties;
    const text = JSON.stringify(document);
    expect(text).toContain('topic/acrel/${iot:Connection.Thing.Attributes[stationId]}/*');
    expect(text).toContain('topic/$aws/rules/mizan_dev_*/acrel/${iot:Connection.Thing.Attributes[stationId]}/*');
    expect(text).toContain('client/${iot:Connection.Thing.ThingName}');
    for (const { Action, Effect, Resource } of document.Statement)
      if (Effect === 'Allow' && Action !== 'iot:Connect') expect(JSON.stringify(Resource)).toContain('stationId');
  });
});

describe('host names of one’s own', () => {
  it('lead to the HTTP API and to the WebSocket API, without a path that would be cut off', () => {
    const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/1';
    const named = synthesizeSample(sampleStage({ domain: { name: 'api.example.com', certificateArn } }));
    const hosts = named.ofType('AWS::ApiGatewayV2::DomainName').map(({ Properties }) => Properties.DomainName);
    expect(hosts.sort()).toEqual(['api.example.com', 'live.api.example.com']);
    for (const { Properties } of named.ofType('AWS::ApiGatewayV2::ApiMapping'))
      expect(Properties.ApiMappingKey).toBeUndefined();
    expect(named.outputs['mizan-dev-api']!['HttpApiUrl']!.Value).toBe('https://api.example.com');
    expect(named.outputs['mizan-dev-api']!['WebSocketUrl']!.Value).toBe('wss://live.api.example.com');
  });

  it('are not declared where there are none', () => {
    expect(sample.ofType('AWS::ApiGatewayV2::DomainName')).toEqual([]);
  });
});
