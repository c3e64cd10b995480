/** Events, requests and receivers for the tests of the platform domain. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSEvent } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { type EventEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { callHandler, testPrincipal } from '../../../test/support/call-handler.ts';

export function makeEvent(changes: Partial<EventEnvelope> = {}): EventEnvelope {
  const id = changes.id ?? newId('evt');
  return {
    id,
    type: 'station.created',
    source: 'scada',
    tenantId: 'tenant-a',
    aggregateType: 'station',
    aggregateId: 'ST-001',
    correlationId: 'cor-1',
    causationId: '',
    occurredAt: new Date().toISOString(),
    schemaVersion: 1,
    payload: { id: 'ST-001', name: 'North' },
    metadata: { userId: 'usr_1' },
    ...changes,
  };
}

/** What a queue behind the bus hands to a subscriber. */
export function busBatch(events: readonly EventEnvelope[]): SQSEvent {
  return {
    Records: events.map((event, i) => ({
      messageId: `message-${i}`,
      body: JSON.stringify({ 'detail-type': event.type, source: event.source, detail: toBusDetail(event) }),
      attributes: { ApproximateReceiveCount: '1' },
    })),
  } as unknown as SQSEvent;
}

type HttpHandler = (event: any, context: any) => Promise<any>;
export interface HttpAnswer {
  status: number;
  data: any;
  body: any;
  pagination: { nextCursor: string | null } | undefined;
}

/** Calls a resource's Lambda as the gateway does. */
export function caller(handler: unknown, base: string, as: Partial<Principal> = {}) {
  return async (method: string, path: string, body?: unknown): Promise<HttpAnswer> => {
    const url = new URL(base + path, 'http://api');
    const answer = await callHandler(handler as HttpHandler, {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body,
      as: testPrincipal('tenant-a', { name: 'Amal', permissions: ['platform:*'], ...as }),
    });
    return {
      status: answer.status,
      data: answer.body?.data,
      body: answer.body,
      pagination: answer.body?.pagination,
    };
  };
}

/** Calls a public way in with the body exactly as it is. */
export function publicCaller(handler: unknown) {
  return async (
    method: string,
    path: string,
    body: string,
    headers: Record<string, string> = {},
    sourceIp = '203.0.113.7',
  ): Promise<{ status: number; text: string; body: any }> => {
    const url = new URL(path, 'http://api');
    const answer = await (handler as HttpHandler)(
      {
        rawPath: url.pathname,
        rawQueryString: url.search.slice(1),
        headers: { host: 'api', 'content-type': 'application/json', ...headers },
        queryStringParameters: Object.fromEntries(url.searchParams),
        ...(method === 'GET' ? {} : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
        requestContext: { http: { method, sourceIp } },
      },
      { awsRequestId: 'request' },
    );
    const text = answer.body ?? '';
    return { status: answer.statusCode, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
}

export interface ReceivedRequest {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

export interface Receiver {
  url: string;
  received: ReceivedRequest[];
  /** Answers of the coming requests; when used up, 200. */
  answers: (number | RequestListener)[];
}

/** A partner's server on this machine, closed when the test ends. */
export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedRequest[] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      received.push({ headers: incoming.headers, body, path: incoming.url ?? '' });
      const answer = answers.shift() ?? 200;
      if (typeof answer === 'function') answer(incoming, outgoing);
      else outgoing.writeHead(answer).end('noted');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, answers };
}
