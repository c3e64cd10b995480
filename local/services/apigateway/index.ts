/**
 * Amazon API Gateway of the local runtime: HTTP APIs and WebSocket APIs (AWS::ApiGatewayV2) on one port, and
 * the `@connections` management API on the AWS endpoint.
 */
import { once } from '../../runtime/draining.ts';
import type { AwsService, DeclaredResource, LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import { ApiRegistry } from './api-registry.ts';
import { createApi, createStage, invalid } from './api-resources.ts';
import { GatewayListener } from './gateway-listener.ts';
import { HttpGateway } from './http-gateway.ts';
import { stableId } from './identifiers.ts';
import { createAuthorizer, createIntegration, createRoute, createRouteResponse } from './route-resources.ts';
import { type ConnectionSummary, Connections } from './websocket/connections.ts';
import { manageConnection } from './websocket/management-api.ts';
import { WebSocketGateway } from './websocket/websocket-gateway.ts';

export type { ConnectionSummary } from './websocket/connections.ts';

export interface ApiGatewayService extends AwsService {
  /** Base URL of the first HTTP API, e.g. `http://localhost:3000`. Throws before the service has started. */
  readonly restUrl: string;
  /** URL of the first WebSocket API with its stage, e.g. `ws://localhost:3000/live`. Throws before start. */
  readonly webSocketUrl: string;
  /** The open WebSocket connections. */
  connections(): ConnectionSummary[];
  /** API and stage of an open connection. */
  placeOf(connectionId: string): { apiId: string; stage: string } | undefined;
}

export function createApiGatewayService(ctx: RuntimeContext): ApiGatewayService {
  const apis = new ApiRegistry();
  const listener = new GatewayListener(ctx.ports.rest);
  const connections = new Connections();
  let webSockets: WebSocketGateway | undefined;
  const drain = once(async () => {
    await Promise.all([webSockets?.close(), listener.close()]);
  });

  const urlOf = () => {
    if (listener.url === undefined) throw new Error('API Gateway has not started.');
    return listener.url;
  };

  return {
    signingName: 'execute-api',
    resources: {
      'AWS::ApiGatewayV2::Api': async (resource) => createApi(resource, apis, await listener.bind()),
      'AWS::ApiGatewayV2::Stage': (resource) => createStage(resource, apis),
      'AWS::ApiGatewayV2::Route': (resource) => createRoute(resource, apis),
      'AWS::ApiGatewayV2::RouteResponse': (resource) => createRouteResponse(resource, apis),
      'AWS::ApiGatewayV2::Integration': (resource) => createIntegration(resource, apis),
      'AWS::ApiGatewayV2::Authorizer': (resource) => createAuthorizer(resource, apis),
      'AWS::ApiGatewayV2::Deployment': createDeployment,
      'AWS::ApiGatewayV2::DomainName': refuseDomain,
      'AWS::ApiGatewayV2::ApiMapping': refuseDomain,
    },

    handle: async (request) => manageConnection(connections, request),

    async start() {
      await listener.bind();
      const lambda = ctx.service<LambdaInvoker>('lambda');
      const http = new HttpGateway(ctx, lambda, apis);
      const gateway = new WebSocketGateway(ctx, lambda, apis, connections);
      webSockets = gateway;
      listener.serve({
        onRequest: (request, response) => void http.handle(request, response),
        onUpgrade: (request, socket, head) => void gateway.upgrade(request, socket, head),
      });
    },

    drain,
    stop: drain,

    get restUrl() {
      return urlOf();
    },
    get webSocketUrl() {
      const [api] = apis.webSocketApis();
      const [stage] = api?.stages.keys() ?? [];
      if (stage === undefined) throw new Error('No WebSocket API with a stage is declared.');
      return `${urlOf().replace(/^http/, 'ws')}/${stage}`;
    },
    connections: () => connections.list(),
    placeOf(connectionId) {
      const facts = connections.get(connectionId)?.facts;
      return facts && { apiId: facts.api.id, stage: facts.stage.name };
    },
  };
}

/** Every stage serves the routes as declared, so a deployment is only a name here. */
function createDeployment(resource: DeclaredResource) {
  const id = stableId(resource.stackName, resource.logicalId);
  return { ref: id, attributes: { DeploymentId: id } };
}

function refuseDomain(resource: DeclaredResource): never {
  throw invalid(
    resource,
    'custom domains need DNS and certificates, which a laptop does not have; leave it out when synthesizing for the local runtime',
  );
}
