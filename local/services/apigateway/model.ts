/**
 * What a template declares about an API, parsed once when the resource is created, so that the request
 * path reads ready-made values instead of CloudFormation properties.
 */
import type { AccessLogFormat } from './access-log.ts';
import type { Throttle } from './throttle.ts';
import type { RouteSelection } from './websocket/route-selection.ts';

export interface Api {
  readonly id: string;
  readonly name: string;
  readonly protocol: 'HTTP' | 'WEBSOCKET';
  readonly cors: Cors | undefined;
  /** WebSocket only: the compiled route selection expression. */
  readonly selectRoute: RouteSelection | undefined;
  /** WebSocket only: see `websocket/upgrade-path.ts`. */
  readonly webSocketPathPrefix: string | undefined;
  readonly stages: Map<string, Stage>;
  /** By route key. */
  readonly routes: Map<string, Route>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, Authorizer>;
}

/** `AWS::ApiGatewayV2::Api CorsConfiguration`, header values already joined. */
export interface Cors {
  allowCredentials: boolean;
  allowHeaders: string | undefined;
  allowMethods: string | undefined;
  allowOrigins: string[];
  exposeHeaders: string | undefined;
  maxAge: string | undefined;
}

export interface Stage {
  readonly name: string;
  readonly variables: Record<string, string> | undefined;
  /** Applies to every route that has no limits of its own. */
  readonly defaultLimits: RouteLimits | undefined;
  readonly routeLimits: Map<string, RouteLimits>;
  /** HTTP APIs only. */
  readonly accessLog: { destinationArn: string; format: AccessLogFormat } | undefined;
  /** Filled on first use, by route key. */
  readonly throttles: Map<string, Throttle>;
}

export interface RouteLimits {
  burst: number;
  ratePerSecond: number;
}

export interface Route {
  readonly id: string;
  readonly api: Api;
  readonly key: string;
  /** WebSocket `$connect` and `$disconnect` may have none. */
  readonly integration: Integration | undefined;
  readonly authorizer: Authorizer | undefined;
  /** WebSocket only: the answer of the integration goes back to the client. */
  twoWay: boolean;
}

export interface Integration {
  readonly id: string;
  readonly functionName: string;
  readonly timeoutMs: number;
}

export interface Authorizer {
  readonly id: string;
  readonly name: string;
  readonly functionName: string;
  readonly identitySources: IdentitySource[];
  /** HTTP APIs only; 0 turns caching off. */
  readonly resultTtlMs: number;
  readonly simpleResponses: boolean;
}

export interface IdentitySource {
  readonly kind: 'header' | 'querystring' | 'context' | 'stageVariable';
  /** Header names in lower case. */
  readonly name: string;
}
