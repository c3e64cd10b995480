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

function answer(gateway: StatusSource, request: IncomingMessage, response: ServerResponse): void {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { ...security, 'content-type': `${type}; charset=utf-8` });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  // A web page elsewhere whose name was made to point here must not read it (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? ''))
    return send(403, 'text/plain', 'This page is for this machine.\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'Only to be looked at.\n');
  const url = new URL(request.url ?? '/', 'http://localhost');
  switch (url.pathname) {
    case '/':
      return send(200, 'text/html', renderStatusPage(statusOf(gateway), languageOf(url, request)));
    case '/status.json':
      return send(200, 'application/json', JSON.stringify(statusOf(gateway), null, 2));
    case '/points.json':
      return send(200, 'application/json', JSON.stringify(pointsOf(gateway, url)));
    case '/healthz':
      return send(200, 'text/plain', 'ok\n');
    default:
      return send(404, 'text/plain', 'There are /, /status.json, /points.json?prefix= and /healthz.\n');
  }
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
