/**
 * WebSocket APIs: a client is connected once the authorizer and the `$connect` function agree, its messages
 * go to the routes their content selects, and `$disconnect` runs after it has gone.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { within } from '../../../runtime/draining.ts';
import type { LambdaInvoker, RuntimeContext } from '../../../runtime/types.ts';
import type { ApiRegistry } from '../api-registry.ts';
import { combineHeaders, sourceIpOf } from '../http-event.ts';
import { newConnectionId } from '../identifiers.ts';
import { errorMessageOf, invoke, routeArn } from '../invocation.ts';
import { admit } from '../throttle.ts';
import { authorizeConnect } from './connect-authorizer.ts';
import { Connection, type ConnectionFacts, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from './connection.ts';
import type { Connections } from './connections.ts';
import { FrameWatch } from './frame-limit.ts';
import { isWebSocketUpgrade, refuseUpgrade } from './handshake.ts';
import { MessageRouter } from './message-router.ts';
import { type UpgradeTarget, upgradeTarget } from './upgrade-path.ts';
import { disconnectEvent, upgradeParameters, webSocketContext } from './websocket-event.ts';

const CLOSE_GRACE_MS = 1_000;

/** Reasons AWS reports for close codes that come without one. */
const CLOSE_REASONS: Record<number, string> = {
  1000: 'Connection Closed Normally',
  1001: 'Going away',
  1005: 'Client-side close frame status not set',
  1006: 'Connection closed abnormally',
};

export class WebSocketGateway {
  readonly #ctx: RuntimeContext;
  readonly #lambda: LambdaInvoker;
  readonly #apis: ApiRegistry;
  readonly #connections: Connections;
  readonly #messages: MessageRouter;
  /** Which subprotocol `$connect` chose, for the library's callback. */
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #server: WebSocketServer;
  readonly #disconnecting = new Set<Promise<void>>();

  constructor(ctx: RuntimeContext, lambda: LambdaInvoker, apis: ApiRegistry, connections: Connections) {
    this.#ctx = ctx;
    this.#lambda = lambda;
    this.#apis = apis;
    this.#connections = connections;
    this.#messages = new MessageRouter(ctx, lambda);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (_offered, request) => this.#subprotocols.get(request) ?? false,
    });
  }

  /** Takes over the socket of an upgrade request; never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignoreReset = () => socket.destroy();
    socket.on('error', ignoreReset);
    try {
      const target = upgradeTarget(this.#apis.webSocketApis(), request.url!);
      if (!target) return refuseUpgrade(socket, 403);
      if (!isWebSocketUpgrade(request)) return refuseUpgrade(socket, 400);
      const accepted = await this.#connect(request, target);
      if ('status' in accepted) return refuseUpgrade(socket, accepted.status, accepted.body);

      if (socket.destroyed) return this.#disconnected(accepted.facts, 1006, '');
      if (accepted.subprotocol !== undefined) this.#subprotocols.set(request, accepted.subprotocol);
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        socket.removeListener('error', ignoreReset);
        this.#open(webSocket, socket, accepted.facts);
      });
    } catch (error) {
      this.#ctx.log.error(`Upgrade of ${request.url} failed in the gateway: ${(error as Error).stack}`);
      refuseUpgrade(socket, 500);
    }
  }

  /** Disconnects every client and gives the `$disconnect` functions a moment: API Gateway promises no more than to try. */
  async close(): Promise<void> {
    await this.#connections.closeAll(CLOSE_GRACE_MS);
    await within(CLOSE_GRACE_MS, Promise.all(this.#disconnecting));
  }

  async #connect(
    request: IncomingMessage,
    { api, stage, rawQueryString }: UpgradeTarget,
  ): Promise<{ status: number; body?: string } | { facts: ConnectionFacts; subprotocol: string | undefined }> {
    const route = api.routes.get('$connect');
    if (!admit(stage, '$connect', this.#ctx.clock.now())) return { status: 429 };
    const facts: ConnectionFacts = {
      id: newConnectionId(),
      api,
      stage,
      connectedAt: Math.floor(this.#ctx.clock.now()),
      identity: { sourceIp: sourceIpOf(request), userAgent: request.headers['user-agent'] },
      authorizer: undefined,
      host: request.headers.host ?? '',
    };
    const parameters = upgradeParameters(request.rawHeaders, rawQueryString);
    const event = () => ({
      ...parameters,
      requestContext: webSocketContext(this.#ctx, facts, 'CONNECT', '$connect'),
      stageVariables: stage.variables,
      isBase64Encoded: false,
    });
    if (route?.authorizer) {
      const { headers } = combineHeaders(request.rawHeaders);
      const decision = await authorizeConnect(this.#ctx, this.#lambda, route.authorizer, facts, event(), headers);
      if (decision.status !== 200) return { status: decision.status };
      facts.authorizer = decision.authorizer;
    }
    if (!route?.integration) return { facts, subprotocol: undefined };

    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: route.integration.functionName,
      payload: JSON.stringify(event()),
      timeoutMs: route.integration.timeoutMs,
      sourceArn: routeArn(this.#ctx, api.id, stage.name, '$connect'),
    });
    if (result.outcome === 'timed-out') return { status: 504 };
    if (result.outcome !== 'answered') {
      this.#ctx.log.error(`${api.name} $connect: ${failureOf(result)}`);
      return { status: 502 };
    }
    const answer = JSON.parse(result.payload) as { statusCode?: number; body?: string; headers?: object } | null;
    const status = Number(answer?.statusCode);
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      this.#ctx.log.error(`${api.name} $connect: the function's answer has no usable statusCode`);
      return { status: 502 };
    }
    if (status > 299) return { status, body: answer?.body };
    return { facts, subprotocol: subprotocolOf(answer?.headers) };
  }

  #open(webSocket: WebSocket, socket: Duplex, facts: ConnectionFacts): void {
    const connection = new Connection(this.#ctx, webSocket, facts);
    this.#connections.add(connection);

    const frames = new FrameWatch(MAX_FRAME_BYTES);
    let refused = false;
    // Ahead of the library's own listener: a refused frame must not arrive as a message.
    socket.prependListener('data', (chunk: Buffer) => {
      if (refused || frames.oversized(chunk) === undefined) return;
      refused = true;
      connection.close(1009, 'Message too long');
    });
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (refused) return;
      connection.touch();
      // "API Gateway rejects [a binary frame] and disconnects the client with code 1003."
      if (isBinary) return connection.close(1003, 'Binary frames are not supported');
      void this.#messages.route(connection, data);
    });
    webSocket.on('ping', () => connection.touch());
    webSocket.on('error', (error) => this.#ctx.log.debug(`Connection ${facts.id}: ${error.message}`));
    webSocket.on('close', (code, reason) => {
      this.#connections.remove(connection);
      this.#disconnected(facts, code, reason.toString());
    });
  }

  #disconnected(facts: ConnectionFacts, code: number, reason: string): void {
    const run = this.#runDisconnect(
      facts,
      disconnectEvent(this.#ctx, facts, code, reason || (CLOSE_REASONS[code] ?? '')),
    );
    this.#disconnecting.add(run);
    void run.finally(() => this.#disconnecting.delete(run));
  }

  async #runDisconnect(facts: ConnectionFacts, event: object): Promise<void> {
    const { api } = facts;
    const integration = api.routes.get('$disconnect')?.integration;
    if (!integration) return;
    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: integration.functionName,
      payload: JSON.stringify(event),
      timeoutMs: integration.timeoutMs,
      sourceArn: routeArn(this.#ctx, facts.api.id, facts.stage.name, '$disconnect'),
    });
    if (result.outcome !== 'answered') this.#ctx.log.error(`${api.name} $disconnect: ${failureOf(result)}`);
  }
}

function failureOf(result: Exclude<Awaited<ReturnType<typeof invoke>>, { outcome: 'answered' }>): string {
  if (result.outcome === 'failed') return `the function failed: ${errorMessageOf(result.payload)}`;
  if (result.outcome === 'unavailable') return `the function could not be run: ${result.error.message}`;
  return result.outcome;
}

function subprotocolOf(headers: object | undefined): string | undefined {
  for (const [name, value] of Object.entries(headers ?? {}))
    if (name.toLowerCase() === 'sec-websocket-protocol') return String(value);
  return undefined;
}
