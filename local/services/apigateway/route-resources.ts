/**
 * Creates integrations, authorizers, routes and route responses from their CloudFormation properties.
 * Only what the application uses is honoured: Lambda proxy integrations and Lambda REQUEST authorizers.
 */
import type { CreatedResource, DeclaredResource } from '../../runtime/types.ts';
import type { ApiRegistry } from './api-registry.ts';
import { apiOf, invalid, isTrue, located, refuse } from './api-resources.ts';
import { stableId } from './identifiers.ts';
import { parseIdentitySource } from './identity-sources.ts';
import type { Api, Authorizer, Integration, Route } from './model.ts';

/** Maximum and default integration timeouts. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const TIMEOUT_MS = { HTTP: 30_000, WEBSOCKET: 29_000 };
const MAX_RESULT_TTL_SECONDS = 3600;
const PREDEFINED_WEBSOCKET_ROUTES = new Set(['$connect', '$disconnect', '$default']);
const HTTP_ROUTE_KEY = /^(?:\$default|(?:ANY|GET|HEAD|OPTIONS|PATCH|POST|PUT|DELETE) \/\S*)$/;

export function createIntegration(resource: DeclaredResource, apis: ApiRegistry): CreatedResource {
  const { properties } = resource;
  const api = apiOf(resource, apis);
  if (properties['IntegrationType'] !== 'AWS_PROXY' || properties['IntegrationSubtype'] !== undefined)
    throw invalid(resource, 'only Lambda proxy integrations (IntegrationType AWS_PROXY) run locally');
  refuse(
    resource,
    [
      'ContentHandlingStrategy',
      'RequestParameters',
      'RequestTemplates',
      'ResponseParameters',
      'TemplateSelectionExpression',
      'TlsConfig',
    ],
    'map values in the function instead',
  );
  const version = properties['PayloadFormatVersion'];
  if (api.protocol === 'HTTP' && version !== '2.0')
    throw invalid(resource, `PayloadFormatVersion is "${version ?? '1.0'}"; use "2.0"`);
  const maximum = TIMEOUT_MS[api.protocol];
  const timeoutMs = Number(properties['TimeoutInMillis'] ?? maximum);
  if (!(timeoutMs >= 50 && timeoutMs <= maximum))
    throw invalid(resource, `TimeoutInMillis is ${timeoutMs}; it must be between 50 and ${maximum}`);

  const integration: Integration = {
    id: stableId(resource.stackName, resource.logicalId),
    functionName: functionOf(resource, properties['IntegrationUri']),
    timeoutMs,
  };
  api.integrations.set(integration.id, integration);
  return { ref: integration.id, attributes: { IntegrationId: integration.id } };
}

export function createAuthorizer(resource: DeclaredResource, apis: ApiRegistry): CreatedResource {
  const { properties } = resource;
  const api = apiOf(resource, apis);
  if (properties['AuthorizerType'] !== 'REQUEST')
    throw invalid(resource, `AuthorizerType is "${properties['AuthorizerType']}"; only REQUEST (Lambda) runs locally`);
  const identitySources = asList(properties['IdentitySource']).map((expression) =>
    located(resource, () => parseIdentitySource(expression, api.protocol)),
  );
  const ttlSeconds = Number(properties['AuthorizerResultTtlInSeconds'] ?? 0);
  if (api.protocol === 'HTTP') {
    const version = properties['AuthorizerPayloadFormatVersion'];
    if (version !== '2.0')
      throw invalid(resource, `AuthorizerPayloadFormatVersion is "${version}"; only "2.0" runs locally`);
    if (!(ttlSeconds >= 0 && ttlSeconds <= MAX_RESULT_TTL_SECONDS))
      throw invalid(resource, `AuthorizerResultTtlInSeconds is ${ttlSeconds}; it must be between 0 and 3600`);
    if (ttlSeconds > 0 && identitySources.length === 0)
      throw invalid(resource, 'to cache its answers an authorizer needs at least one IdentitySource');
  }
  const authorizer: Authorizer = {
    id: stableId(resource.stackName, resource.logicalId),
    name: properties['Name'] ?? resource.logicalId,
    functionName: functionOf(resource, properties['AuthorizerUri']),
    identitySources,
    resultTtlMs: api.protocol === 'HTTP' ? ttlSeconds * 1000 : 0,
    simpleResponses: api.protocol === 'HTTP' && isTrue(properties['EnableSimpleResponses']),
  };
  api.authorizers.set(authorizer.id, authorizer);
  return { ref: authorizer.id, attributes: { AuthorizerId: authorizer.id } };
}

export function createRoute(resource: DeclaredResource, apis: ApiRegistry): CreatedResource {
  const { properties } = resource;
  const api = apiOf(resource, apis);
  const key = String(properties['RouteKey'] ?? '');
  checkRouteKey(resource, api, key);
  if (isTrue(properties['ApiKeyRequired'])) throw invalid(resource, 'API keys of usage plans are not checked locally');
  refuse(
    resource,
    ['AuthorizationScopes', 'RequestModels', 'RequestParameters', 'ModelSelectionExpression'],
    'check it in the function instead',
  );
  const responseSelection = properties['RouteResponseSelectionExpression'];
  if (responseSelection !== undefined && responseSelection !== '$default')
    throw invalid(resource, `RouteResponseSelectionExpression is "${responseSelection}"; it must be $default`);
  const route: Route = {
    id: stableId(resource.stackName, resource.logicalId),
    api,
    key,
    integration: integrationOf(resource, api, properties['Target']),
    authorizer: authorizerOf(resource, api),
    twoWay: false,
  };
  if (route.authorizer && api.protocol === 'WEBSOCKET' && key !== '$connect')
    throw invalid(resource, 'a WebSocket API authorizes on its $connect route only');
  if (!route.integration && (api.protocol === 'HTTP' || !PREDEFINED_WEBSOCKET_ROUTES.has(key)))
    throw invalid(resource, 'the route has no Target');
  api.routes.set(key, route);
  apis.changed();
  return { ref: route.id, attributes: { RouteId: route.id } };
}

/** "If a route has a route response, it is configured for two-way communication." */
export function createRouteResponse(resource: DeclaredResource, apis: ApiRegistry): CreatedResource {
  const { properties } = resource;
  const api = apiOf(resource, apis);
  if (api.protocol !== 'WEBSOCKET') throw invalid(resource, 'only routes of WebSocket APIs have responses');
  if (properties['RouteResponseKey'] !== '$default') throw invalid(resource, 'RouteResponseKey must be $default');
  refuse(resource, ['ResponseModels', 'ResponseParameters', 'ModelSelectionExpression'], 'shape it in the function');
  const route = [...api.routes.values()].find(({ id }) => id === properties['RouteId']);
  if (!route) throw invalid(resource, `RouteId "${properties['RouteId']}" is not a route of the API "${api.name}"`);
  route.twoWay = true;
  return { ref: stableId(resource.stackName, resource.logicalId) };
}

function checkRouteKey(resource: DeclaredResource, api: Api, key: string): void {
  if (api.routes.has(key)) throw invalid(resource, `the API "${api.name}" has two routes "${key}"`);
  if (api.protocol === 'WEBSOCKET') {
    if (key === '' || (key.startsWith('$') && !PREDEFINED_WEBSOCKET_ROUTES.has(key)))
      throw invalid(resource, `RouteKey "${key}" is not valid for a WebSocket API`);
    return;
  }
  if (!HTTP_ROUTE_KEY.test(key))
    throw invalid(resource, `RouteKey "${key}" is not valid; write it like "GET /pets/{id}" or "$default"`);
  if (/\{[^}]*\+\}./.test(key)) throw invalid(resource, `RouteKey "${key}" continues after its greedy variable`);
}

function integrationOf(resource: DeclaredResource, api: Api, target: unknown): Integration | undefined {
  if (target === undefined) return undefined;
  const integration = api.integrations.get(String(target).replace(/^integrations\//, ''));
  if (!integration) throw invalid(resource, `Target "${target}" is not an integration of the API "${api.name}"`);
  return integration;
}

function authorizerOf(resource: DeclaredResource, api: Api): Authorizer | undefined {
  const { AuthorizationType: type = 'NONE', AuthorizerId: id } = resource.properties;
  if (type === 'NONE') return undefined;
  if (type !== 'CUSTOM') throw invalid(resource, `AuthorizationType is "${type}"; only NONE and CUSTOM run locally`);
  const authorizer = api.authorizers.get(id);
  if (!authorizer) throw invalid(resource, `AuthorizerId "${id}" is not an authorizer of the API "${api.name}"`);
  return authorizer;
}

/** The function's ARN, bare or inside `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`. */
function functionOf(resource: DeclaredResource, uri: unknown): string {
  const text = String(uri ?? '');
  const arn = /\/functions\/(.+)\/invocations$/.exec(text)?.[1] ?? text;
  if (!/^arn:[^:]+:lambda:/.test(arn)) throw invalid(resource, `"${text}" is not the ARN or URI of a Lambda function`);
  return arn;
}

function asList(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}
