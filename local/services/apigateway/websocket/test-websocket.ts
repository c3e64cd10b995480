/** Test support: a WebSocket API declared like a template would, and a client that records what it hears. */
import { WebSocket } from 'ws';
import { functionArn, type startGateway } from '../test-gateway.ts';

type Resources = Parameters<typeof startGateway>[0];

/** Routes by key with their function's name; `authorizer` protects `$connect`; `twoWay` routes answer. */
export function webSocketApi(
  routes: Record<string, string>,
  extra: { api?: object; stage?: object; authorizer?: object; twoWay?: string[] } = {},
): Resources {
  const ApiId = { Ref: 'Live' };
  const uri = (name: string) =>
    `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;
  const resources: Resources = {
    Live: ['Api', { Name: 'live', ProtocolType: 'WEBSOCKET', ...extra.api }],
    LiveStage: ['Stage', { ApiId, StageName: 'live', AutoDeploy: true, ...extra.stage }],
  };
  if (extra.authorizer)
    resources['LiveAuthorizer'] = [
      'Authorizer',
      { ApiId, AuthorizerType: 'REQUEST', AuthorizerUri: uri('authorizer'), ...extra.authorizer },
    ];
  for (const [RouteKey, name] of Object.entries(routes)) {
    resources[`${RouteKey}Integration`] = [
      'Integration',
      { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: uri(name) },
    ];
    resources[`${RouteKey}Route`] = [
      'Route',
      {
        ApiId,
        RouteKey,
        Target: { IntegrationRef: `${RouteKey}Integration` },
        ...(extra.authorizer &&
          RouteKey === '$connect' && { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'LiveAuthorizer' } }),
      },
    ];
    if (extra.twoWay?.includes(RouteKey))
      resources[`${RouteKey}Response`] = [
        'RouteResponse',
        { ApiId, RouteId: { Ref: `${RouteKey}Route` }, RouteResponseKey: '$default' },
      ];
  }
  return resources;
}

export interface TestClient {
  socket: WebSocket;
  received: string[];
  /** Resolves with the code and reason once the connection is closed. */
  closed: Promise<{ code: number; reason: string }>;
}

/** Connects, or rejects with the HTTP status and body of the refusal. */
export function connectClient(
  url: string,
  options: { protocols?: string[]; headers?: Record<string, string> } = {},
): Promise<TestClient> {
  const socket = new WebSocket(url, options.protocols ?? [], { headers: options.headers ?? {} });
  const received: string[] = [];
  socket.on('message', (data) => received.push(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, received, closed }));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
  });
}
