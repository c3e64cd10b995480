import { afterEach, expect, test } from 'vitest';
import { ConfigurationError } from '../../runtime/types.ts';
import { httpApi, startGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway | undefined;
afterEach(() => gateway?.stop());

type Resources = ReturnType<typeof httpApi>;
const AUTHORIZER = { IdentitySource: ['$request.header.Authorization'], EnableSimpleResponses: true };

/** A valid API with properties of one resource replaced. */
function changed(
  logicalId: string,
  properties: object,
  base: Resources = httpApi(['GET /'], { authorizer: AUTHORIZER }),
) {
  const [type, original] = base[logicalId]!;
  return { ...base, [logicalId]: [type, { ...original, ...properties }] } as Resources;
}

test.each<[string, Resources, RegExp]>([
  ['an unknown protocol', changed('Api', { ProtocolType: 'GRPC' }), /ProtocolType is "GRPC"/],
  ['an OpenAPI body', changed('Api', { Body: {} }), /does not honour Body: declare routes as resources/],
  [
    '* with credentials',
    changed('Api', { CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } }),
    /cannot contain "\*"/,
  ],
  ['a stage of no API', changed('Stage', { ApiId: 'nope' }), /ApiId "nope"/],
  ['a bad stage name', changed('Stage', { StageName: 'a/b' }), /StageName "a\/b"/],
  ['an HTTP integration', changed('Integration0', { IntegrationType: 'HTTP_PROXY' }), /only Lambda proxy/],
  [
    'payload 1.0',
    changed('Integration0', { PayloadFormatVersion: undefined }),
    /PayloadFormatVersion is "1.0"; use "2.0"/,
  ],
  ['a timeout above the maximum', changed('Integration0', { TimeoutInMillis: 30_001 }), /between 50 and 30000/],
  ['parameter mapping', changed('Integration0', { RequestParameters: {} }), /RequestParameters/],
  ['a URI that is no function', changed('Integration0', { IntegrationUri: 'https://x' }), /not the ARN or URI/],
  ['a JWT authorizer', changed('Authorizer', { AuthorizerType: 'JWT' }), /only REQUEST/],
  ['authorizer payload 1.0', changed('Authorizer', { AuthorizerPayloadFormatVersion: '1.0' }), /only "2.0"/],
  [
    'caching without identity',
    changed('Authorizer', { IdentitySource: [], AuthorizerResultTtlInSeconds: 1 }),
    /at least one IdentitySource/,
  ],
  [
    'a strange identity source',
    changed('Authorizer', { IdentitySource: ['Authorization'] }),
    /\$request\.header\.Authorization/,
  ],
  ['an unknown context variable', changed('Authorizer', { IdentitySource: ['$context.nope'] }), /context variable/],
  ['a bad route key', changed('Route0', { RouteKey: 'FETCH /' }), /RouteKey "FETCH \/"/],
  ['a greedy variable inside', changed('Route0', { RouteKey: 'GET /{a+}/b' }), /continues after its greedy/],
  ['IAM authorization', changed('Route0', { AuthorizationType: 'AWS_IAM' }), /only NONE and CUSTOM/],
  ['an unknown authorizer', changed('Route0', { AuthorizerId: 'x' }), /AuthorizerId "x"/],
  ['an unknown target', changed('Route0', { Target: 'integrations/x' }), /Target "integrations\/x"/],
  ['a route without target', changed('Route0', { Target: undefined }), /no Target/],
  ['the same route twice', httpApi(['GET /a', 'GET /a']), /two routes "GET \/a"/],
  [
    'a custom domain',
    { ...httpApi([]), Domain: ['DomainName', { DomainName: 'api.example.com' }] },
    /custom domains need DNS/,
  ],
])('%s is refused with the reason', async (_what, resources, reason) => {
  gateway = undefined;
  const start = startGateway(resources);
  await expect(start).rejects.toThrow(ConfigurationError);
  await expect(start).rejects.toThrow(reason);
  await expect(start).rejects.toThrow(/^Test\//);
});

test('references and attributes are what templates use', async () => {
  gateway = await startGateway({
    ...httpApi(['GET /'], { authorizer: AUTHORIZER }),
    Deployment: ['Deployment', { ApiId: { Ref: 'Api' } }],
  });
  const { Api, Stage, Authorizer, Deployment } = gateway.created;
  expect(Api).toEqual({
    ref: expect.stringMatching(/^[a-z0-9]{10}$/),
    attributes: { ApiId: Api!.ref, ApiEndpoint: gateway.url },
  });
  expect(Stage!.ref).toBe('$default');
  expect(Authorizer!.attributes).toEqual({ AuthorizerId: Authorizer!.ref });
  expect(Deployment!.attributes).toEqual({ DeploymentId: Deployment!.ref });
  const again = await startGateway(httpApi([]));
  expect(again.created['Api']!.ref).toBe(Api!.ref);
  await again.stop();
});

test('a port in use is a clear error', async () => {
  gateway = await startGateway(httpApi([]));
  const { GatewayListener } = await import('./gateway-listener.ts');
  const second = new GatewayListener(Number(new URL(gateway.url).port));
  await expect(second.bind()).rejects.toThrow(/Port \d+ for the REST API is in use/);
  await second.close();
});
