/** Puts a station's configuration together from its protocols, devices and points, and checks it as its gateway will. */
import type * as z from 'zod/mini';
import type { QueryOptions, TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { parseStationConfiguration } from '../../../layers/station/check-configuration.ts';
import { ConfigurationError } from '../../../layers/station/configuration-error.ts';
import {
  connectionSchema,
  derivedPointSchema,
  deviceSchema,
  pointSchema,
  type StationConfiguration,
} from '../../../layers/station/station-configuration.ts';
import { requireStation } from '../contract.ts';
import { type Device, deviceEntity, devicePartition } from '../devices/device-entity.ts';
import { gatewayEntity } from '../gateways/gateway-entity.ts';
import { allPointsOf } from '../points/list-points.ts';
import { type Protocol, protocolEntity, protocolPartition } from '../protocols/protocol-entity.ts';
import { type DirectoryEntry, toDirectory } from './point-directory.ts';

export interface BuiltConfiguration {
  document: StationConfiguration;
  directory: DirectoryEntry[];
}

/** @throws AppError `not_found`, or `unprocessable` with every problem the gateway would have with it */
export async function buildConfiguration(
  session: TenantSession,
  stationId: string,
  version: number,
): Promise<BuiltConfiguration> {
  await requireStation(session, stationId);
  const [protocols, devices, points, gateway] = await Promise.all([
    everything<Protocol>(session, protocolEntity, { index: 'gsi2', pk: protocolPartition(stationId) }),
    everything<Device>(session, deviceEntity, { index: 'gsi2', pk: devicePartition(stationId) }),
    allPointsOf(session, stationId),
    session.get(gatewayEntity, { id: stationId }),
  ]);
  const active = points.filter(({ isActive }) => isActive);
  const document = checked({
    formatVersion: 1,
    stationId,
    version,
    issuedAt: session.context.now(),
    connections: protocols.map((row) => only(connectionSchema, row)),
    devices: devices.map((row) => only(deviceSchema, { ...row, connectionId: row.protocolId })),
    points: active.filter(({ expression }) => expression === undefined).map((row) => only(pointSchema, row)),
    derivedPoints: active.filter(({ expression }) => expression !== undefined).map(toDerived),
    ...(gateway?.report === undefined ? {} : { report: gateway.report }),
    ...(gateway?.timeSync === undefined ? {} : { timeSync: gateway.timeSync }),
    ...(gateway?.remoteControl === undefined ? {} : { remoteControl: gateway.remoteControl }),
  });
  const assetOf = new Map(devices.map(({ id, assetId }) => [id, assetId]));
  const directory = toDirectory(active.map((point) => ({ ...point, assetId: assetOf.get(point.deviceId) })));
  return { document, directory };
}

/** Attributes the gateway knows; the rest is the platform's own. */
function only(schema: z.ZodMiniObject<any, any>, row: object): object {
  const known = Object.keys(schema.shape);
  return Object.fromEntries(Object.entries(row).filter(([name]) => known.includes(name)));
}

/** What a derived point cannot have is left out: it is no output, and is not scanned. */
const toDerived = (row: { pointType: string }): object =>
  only(derivedPointSchema, {
    ...row,
    pointType: row.pointType.startsWith('binary') ? 'binary_input' : 'analog_input',
  });

function checked(document: unknown): StationConfiguration {
  try {
    return parseStationConfiguration(document);
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    throw new AppError('unprocessable', 'The gateway would refuse this configuration.', {
      details: error.problems.map(({ path, message }) => ({ in: 'body', path, message })),
    });
  }
}

async function everything<T>(
  session: TenantSession,
  entity: { table: string },
  options: Pick<QueryOptions, 'index' | 'pk'>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<T>(entity, { ...options, limit: 1_000, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
