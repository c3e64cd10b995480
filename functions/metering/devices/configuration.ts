/**
 * What a device should run by, in versions. A version is published retained to the device’s topic by way of its event, so a
 * broker that is away for a moment delays it and loses nothing; a device that comes later finds it there.
 */
import { createHash } from 'node:crypto';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { iotDeviceEntity, topicsOf } from './device-entity.ts';
import { configurationIssued } from './device-events.ts';
import { refuseRetired } from './register-device.ts';
import type { Configuration } from './route-schemas.ts';

interface Row extends Omit<Configuration, 'version' | 'settings'> {
  number: number;
  /** JSON, so that the order of keys and the checksum stay. */
  text: string;
}

const configurationEntity = defineEntity<Row, Pick<Row, 'deviceId' | 'number'>>()({
  name: 'device configuration',
  table: 'metering',
  key: ({ deviceId, number }) => ({ pk: ['IOT-DEVICE', deviceId], sk: ['CONFIGURATION', padded(number)] }),
  idOf: ({ deviceId, number }) => `${deviceId} ${number}`,
});
const padded = (number: number): string => String(number).padStart(8, '0');

const shown = ({ deviceId, number, text, sha256, issuedAt, issuedBy }: Row): Configuration => ({
  deviceId,
  version: number,
  settings: JSON.parse(text) as Record<string, unknown>,
  sha256,
  issuedAt,
  issuedBy,
});

export function issueConfiguration(
  session: TenantSession,
  deviceId: string,
  settings: Record<string, unknown>,
  issuedBy: string,
): Promise<Configuration> {
  return retryOnChangeOrMade(async () => {
    const device = await session.require(iotDeviceEntity, { id: deviceId });
    refuseRetired(device);
    const number = device.configurationVersion + 1;
    const text = JSON.stringify(settings);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const row: Row = { deviceId, number, text, sha256, issuedAt: session.context.now(), issuedBy };
    return session.transact('metering', (unit) => {
      unit.update(iotDeviceEntity, device, { configurationVersion: number }, { isAudited: false });
      unit.create(configurationEntity, row);
      unit.emit(configurationIssued, { aggregateId: deviceId, payload: { deviceId, version: number } });
      return shown(row);
    });
  });
}

export async function configurationOf(session: TenantSession, deviceId: string, version: number) {
  const row = await session.get(configurationEntity, { deviceId, number: version }, { consistent: true });
  return row && shown(row);
}

export async function listConfigurations(
  session: TenantSession,
  deviceId: string,
  page: { limit: number; cursor: string | undefined },
) {
  await session.require(iotDeviceEntity, { id: deviceId });
  const { items, nextCursor } = await session.query<Row & Stored>(configurationEntity, {
    pk: ['IOT-DEVICE', deviceId],
    beginsWith: ['CONFIGURATION'],
    order: 'descending',
    consistent: true,
    ...page,
  });
  return { data: items.map(shown), pagination: { limit: page.limit, nextCursor } };
}

/** Publishes the latest version, whichever event asked for it: events may come in any order. @throws to be called again */
export async function publishConfiguration(
  session: TenantSession,
  deviceId: string,
  previousStationId?: string,
): Promise<void> {
  const device = await session.require(iotDeviceEntity, { id: deviceId });
  const topic = topicsOf(device).configuration;
  const latest = await configurationOf(session, deviceId, device.configurationVersion);
  if (latest === undefined) throw notFound(configurationEntity.name, deviceId);
  const { version, settings, sha256, issuedAt } = latest;
  // A retained message without a payload is what MQTT takes a retained one away by (3.1.1, section 3.3.1.3).
  const payload = device.status === 'retired' ? '' : JSON.stringify({ version, issuedAt, sha256, settings });
  await retain(topic, payload);
  if (previousStationId !== undefined && previousStationId !== device.stationId)
    await retain(topicsOf({ ...device, stationId: previousStationId }).configuration, '');
}

async function retain(topic: string, payload: string): Promise<void> {
  const answer = await publishTopic(topic, payload, { retain: true });
  if (answer.outcome !== 'taken') throw new Error(`Nothing was published to ${topic}: ${answer.reason}`);
}
