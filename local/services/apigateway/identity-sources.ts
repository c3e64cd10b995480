/**
 * Identity sources: where a request must carry what its authorizer needs. They decide whether the
 * authorizer runs at all and, for HTTP APIs, are the key of its cached answers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.identity-sources
 */
import { ConfigurationError } from '../../runtime/types.ts';
import type { IdentitySource } from './model.ts';

const HTTP_SOURCE = /^\$(request\.header|request\.querystring|context|stageVariables)\.(.+)$/;
const WEBSOCKET_SOURCE = /^\$?(route\.request\.header|route\.request\.querystring|context|stageVariables)\.(.+)$/;

/** Parses `$request.header.Authorization` (HTTP) or `route.request.querystring.token` (WebSocket). */
export function parseIdentitySource(expression: string, protocol: 'HTTP' | 'WEBSOCKET'): IdentitySource {
  const match = (protocol === 'HTTP' ? HTTP_SOURCE : WEBSOCKET_SOURCE).exec(expression);
  if (!match) {
    const example = protocol === 'HTTP' ? '$request.header.Authorization' : 'route.request.querystring.token';
    throw new ConfigurationError(`Identity source "${expression}" is not understood; write it like "${example}".`);
  }
  const [, place = '', name = ''] = match;
  if (place.endsWith('header')) return { kind: 'header', name: name.toLowerCase() };
  if (place.endsWith('querystring')) return { kind: 'querystring', name };
  if (place === 'stageVariables') return { kind: 'stageVariable', name };
  const path = protocol === 'HTTP' ? HTTP_CONTEXT_VARIABLES[name] : name;
  if (path === undefined)
    throw new ConfigurationError(
      `Identity source "${expression}" names a context variable that is not one of ${Object.keys(HTTP_CONTEXT_VARIABLES).join(', ')}.`,
    );
  return { kind: 'context', name: path };
}

/** Context variables (as logs and identity sources name them) and where the event keeps them. */
const HTTP_CONTEXT_VARIABLES: Record<string, string> = {
  accountId: 'accountId',
  apiId: 'apiId',
  domainName: 'domainName',
  domainPrefix: 'domainPrefix',
  httpMethod: 'http.method',
  'identity.sourceIp': 'http.sourceIp',
  'identity.userAgent': 'http.userAgent',
  path: 'http.path',
  protocol: 'http.protocol',
  requestId: 'requestId',
  routeKey: 'routeKey',
  stage: 'stage',
};

/** What a request offers to identity sources. */
export interface IdentityBearer {
  /** Lower-case names. */
  headers: Record<string, string>;
  queryStringParameters: Record<string, string> | undefined;
  requestContext: object;
  stageVariables: Record<string, string> | undefined;
}

/** The values in order, or undefined when one is missing or empty (the client gets a 401). */
export function identityOf(sources: IdentitySource[], bearer: IdentityBearer): string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = read(source, bearer);
    if (value === undefined || value === null || value === '') return undefined;
    values.push(String(value));
  }
  return values;
}

function read({ kind, name }: IdentitySource, bearer: IdentityBearer): unknown {
  switch (kind) {
    case 'header':
      return bearer.headers[name];
    case 'querystring':
      return bearer.queryStringParameters?.[name];
    case 'stageVariable':
      return bearer.stageVariables?.[name];
    case 'context':
      return name.split('.').reduce<any>((value, key) => value?.[key], bearer.requestContext);
    default:
      return kind satisfies never;
  }
}
