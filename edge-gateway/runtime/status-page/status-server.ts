/**
 * A page for whoever stands before the station: how lines, points and store are, in Arabic and English, and the same as
 * JSON. It listens on this machine alone, changes nothing, and shows no secret, since it is given none.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toJsonValue } from '../../../layers/station/point-value.ts';
import type { StationGateway } from '../station-gateway.ts';
import { renderStatusPage } from './status-page.ts';

export type StatusSource = Pick<
  StationGateway,
  'health' | 'host' | 'engine' | 'configuration' | 'isUplinkUp' | 'isOnTrial'
>;

const maxPoints = 500;
const security = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** @param port 0 takes a free one */
export async function startStatusPage(
  gateway: StatusSource,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    try {
      answer(gateway, request, response);
    } catch {
      if (!response.headersSent) response.writeHead(500, security);
      response.end();
    }
  });
  server.maxConnections = 20;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Answer {
  status: number;
  type: 'text/plain' | 'text/html' | 'application/json';
  body: string;
}

const plain = (status: number, text: string): Answer => ({ status, type: 'text/plain', body: `${text}\n` });
const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value, null, 1),
});

function answerTo(gateway: StatusSource, request: IncomingMessage): Answer {
  // A web page elsewhere whose name was made to point here must not read it (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? ''))
    return plain(403, 'This page is for this machine.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only to be looked at.');
  const url = new URL(request.url ?? '/', 'http://localhost');
  switch (url.pathname) {
    case '/': {
      const body = renderStatusPage(statusOf(gateway), languageOf(url, request));
      return { status: 200, type: 'text/html', body };
    }
    case '/status.json':
      return json(statusOf(gateway));
    case '/points.json':
      return json(pointsOf(gateway, url));
    case '/healthz':
      return plain(200, 'ok');
    default:
      return plain(404, 'There are /, /status.json, /points.json?prefix= and /healthz.');
  }
}

function answer(gateway: StatusSource, request: IncomingMessage, response: ServerResponse): void {
  const { status, type, body } = answerTo(gateway, request);
  response.writeHead(status, { ...security, 'content-type': `${type}; charset=utf-8` });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export type Status = ReturnType<typeof statusOf>;

function statusOf(gateway: StatusSource) {
  return {
    stationId: gateway.configuration()?.stationId,
    uplink: gateway.isUplinkUp() ? ('online' as const) : ('offline' as const),
    configurationOnTrial: gateway.isOnTrial(),
    health: gateway.health(),
    connections: gateway.host.states().map(({ id, state, reason }) => ({ id, state, reason })),
    devices: gateway.host.deviceStates().slice(0, maxPoints),
  };
}

function pointsOf(gateway: StatusSource, url: URL) {
  const configuration = gateway.configuration();
  const prefix = url.searchParams.get('prefix') ?? '';
  const ids = [...(configuration?.points ?? []), ...(configuration?.derivedPoints ?? [])]
    .filter(({ id }) => id.startsWith(prefix))
    .slice(0, maxPoints);
  return ids.map(({ id, name, unit }) => {
    const state = gateway.engine.state(id);
    return {
      id,
      name,
      unit,
      ...(state && {
        value: toJsonValue(state.value),
        quality: state.quality,
        reason: state.reason,
        time: new Date(state.timeMs).toISOString(),
      }),
    };
  });
}

function languageOf(url: URL, request: IncomingMessage): 'ar' | 'en' {
  const asked = url.searchParams.get('lang');
  if (asked === 'ar' || asked === 'en') return asked;
  return /^ar\b/.test(request.headers['accept-language'] ?? '') ? 'ar' : 'en';
}
