/**
 * Creates APIs and stages from their CloudFormation properties. A property that would change behaviour on
 * AWS and cannot be honoured here is an error, so that a template never means two things.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ApiGatewayV2.html
 */
import { ConfigurationError, type CreatedResource, type DeclaredResource } from '../../runtime/types.ts';
import { compileAccessLog } from './access-log.ts';
import type { ApiRegistry } from './api-registry.ts';
import { stableId } from './identifiers.ts';
import type { Api, Cors, RouteLimits, Stage } from './model.ts';
import { compileRouteSelection } from './websocket/route-selection.ts';

/** On a WebSocket API, the path below which clients reach its channels; see `websocket/upgrade-path.ts`. */
const PATH_PREFIX_TAG = 'mizan:websocket-path-prefix';

/** Default quotas of an account, which fill in for the half of a throttle that a template leaves out. */
const ACCOUNT_RATE_PER_SECOND = 10_000;
const ACCOUNT_BURST = 5_000;

const DEFAULT_ROUTE_SELECTION = '$request.body.action';

export function createApi(resource: DeclaredResource, apis: ApiRegistry, baseUrl: string): CreatedResource {
  const { properties } = resource;
  refuse(resource, ['Body', 'BodyS3Location', 'Target', 'RouteKey', 'CredentialsArn'], 'declare routes as resources');
  const protocol = properties['ProtocolType'];
  if (protocol !== 'HTTP' && protocol !== 'WEBSOCKET')
    throw invalid(resource, `ProtocolType is "${protocol}"; it must be HTTP or WEBSOCKET`);

  const api: Api = {
    id: stableId(resource.stackName, resource.logicalId),
    name: properties['Name'] ?? resource.defaultName,
    protocol,
    cors: protocol === 'HTTP' ? parseCors(resource) : undefined,
    selectRoute:
      protocol === 'WEBSOCKET'
        ? located(resource, () =>
            compileRouteSelection(properties['RouteSelectionExpression'] ?? DEFAULT_ROUTE_SELECTION),
          )
        : undefined,
    webSocketPathPrefix: protocol === 'WEBSOCKET' ? tagOf(properties['Tags'], PATH_PREFIX_TAG) : undefined,
    stages: new Map(),
    routes: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
  };
  apis.add(api);
  const endpoint = protocol === 'HTTP' ? `${baseUrl}${apis.httpPrefix(api)}` : baseUrl.replace(/^http/, 'ws');
  return { ref: api.id, attributes: { ApiId: api.id, ApiEndpoint: endpoint } };
}

export function createStage(resource: DeclaredResource, apis: ApiRegistry): CreatedResource {
  const { properties } = resource;
  const api = apiOf(resource, apis);
  const name = String(properties['StageName'] ?? '');
  if (!/^(\$default|[A-Za-z0-9_-]{1,128})$/.test(name)) throw invalid(resource, `StageName "${name}" is not valid`);
  if (name === '$default' && api.protocol === 'WEBSOCKET')
    throw invalid(resource, 'a WebSocket API has no $default stage');
  if (api.stages.has(name)) throw invalid(resource, `the API "${api.name}" has two stages named "${name}"`);
  refuse(resource, ['ClientCertificateId'], 'client certificates are not checked locally');

  const stage: Stage = {
    name,
    variables: properties['StageVariables'],
    defaultLimits: parseLimits(properties['DefaultRouteSettings']),
    routeLimits: new Map(),
    accessLog: parseAccessLog(resource, api),
    throttles: new Map(),
  };
  for (const [routeKey, settings] of Object.entries(properties['RouteSettings'] ?? {})) {
    const limits = parseLimits(settings);
    if (limits) stage.routeLimits.set(routeKey, limits);
  }
  api.stages.set(name, stage);
  apis.changed();
  return { ref: name };
}

export function apiOf(resource: DeclaredResource, apis: ApiRegistry): Api {
  const api = apis.get(resource.properties['ApiId']);
  if (!api) throw invalid(resource, `ApiId "${resource.properties['ApiId']}" is not an API of this application`);
  return api;
}

/** An error that starts with the resource, so that the person at the terminal finds it in the template. */
export function invalid(resource: DeclaredResource, problem: string): ConfigurationError {
  return new ConfigurationError(`${resource.stackName}/${resource.logicalId} (${resource.type}): ${problem}.`);
}

/** Runs a parser that knows nothing of resources and says in its error which resource it was. */
export function located<T>(resource: DeclaredResource, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw invalid(resource, error.message.replace(/\.$/, ''));
  }
}

/** @throws ConfigurationError when one of these properties is set */
export function refuse(resource: DeclaredResource, names: string[], instead: string): void {
  for (const name of names)
    if (resource.properties[name] !== undefined)
      throw invalid(resource, `the local runtime does not honour ${name}: ${instead}`);
}

function parseCors(resource: DeclaredResource): Cors | undefined {
  const declared = resource.properties['CorsConfiguration'];
  if (declared === undefined) return undefined;
  const allowOrigins: string[] = declared.AllowOrigins ?? [];
  const allowCredentials = isTrue(declared.AllowCredentials);
  if (allowCredentials && allowOrigins.includes('*'))
    throw invalid(resource, 'CorsConfiguration allows credentials, so AllowOrigins cannot contain "*"');
  return {
    allowCredentials,
    allowHeaders: joined(declared.AllowHeaders),
    allowMethods: joined(declared.AllowMethods),
    allowOrigins,
    exposeHeaders: joined(declared.ExposeHeaders),
    maxAge: declared.MaxAge === undefined ? undefined : String(declared.MaxAge),
  };
}

function parseAccessLog(resource: DeclaredResource, api: Api): Stage['accessLog'] {
  const settings = resource.properties['AccessLogSettings'];
  if (settings === undefined) return undefined;
  if (api.protocol !== 'HTTP') throw invalid(resource, 'access logs of WebSocket APIs are not written locally');
  const { DestinationArn: destinationArn, Format: format } = settings;
  if (typeof destinationArn !== 'string' || typeof format !== 'string')
    throw invalid(resource, 'AccessLogSettings needs a DestinationArn and a Format');
  return { destinationArn, format: compileAccessLog(format) };
}

function parseLimits(settings: any): RouteLimits | undefined {
  const { ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate } = settings ?? {};
  if (burst === undefined && rate === undefined) return undefined;
  return { burst: Number(burst ?? ACCOUNT_BURST), ratePerSecond: Number(rate ?? ACCOUNT_RATE_PER_SECOND) };
}

function joined(values: string[] | undefined): string | undefined {
  return values && values.length > 0 ? values.join(',') : undefined;
}

/** CloudFormation accepts booleans as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** API Gateway V2 takes tags as a map; other resource types take a list, which some generators write here too. */
function tagOf(tags: any, key: string): string | undefined {
  if (Array.isArray(tags)) return tags.find((tag) => tag.Key === key)?.Value;
  return tags?.[key];
}
