/** Takes in alerts, status changes and equipment measurements: stored and published in one transaction each, and once. */

import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { publish } from '../../../layers/kernel/events/publish.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { stationAt } from '../../../layers/metering/meter-state.ts';
import { isRejection, type Rejection, reject } from '../../../layers/metering/rejection-reasons.ts';
import { assetReadingReceived, meterAlert, meterCommandRefused, meterStatusChanged } from '../events.ts';
import type { DeviceMessage } from '../ingest/device-message.ts';
import { findOwners, type OwnedMessage, type Refusal, toRefusal } from '../ingest/read-messages.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { readStates, updateProfile } from '../meters/meter-states.ts';
import { type MeterAlert, meterAlertEntity, recordStatusChange, statusChangeEntity } from '../meters/status-changes.ts';
import { keepRefusals } from '../rejected-readings/keep-refusals.ts';
import { assetReadingEntity } from './asset-reading-entity.ts';
import { type AssetReading, type CommandRefused, type ReportedStatus, readDeviceEvent } from './read-device-event.ts';

/** @returns ids of messages that must come again */
export async function takeDeviceEvents(messages: readonly DeviceMessage[]): Promise<Set<string>> {
  const { refusals, unfinished } = await tryDeviceEvents(messages);
  for (const id of await keepRefusals(refusals)) unfinished.add(id);
  return unfinished;
}

/** The same without keeping what is refused. Status changes of one meter take effect in the order of their times. */
export async function tryDeviceEvents(
  messages: readonly DeviceMessage[],
): Promise<{ refusals: Refusal[]; unfinished: Set<string> }> {
  const { owned, refusals } = await findOwners(messages);
  const unfinished = new Set<string>();
  for (const entry of owned) {
    try {
      const rejection = await takeEvent(entry);
      if (rejection !== undefined) refusals.push(toRefusal(entry, rejection));
    } catch (error) {
      logger.error('device event not stored', { topic: entry.message.topic, error: error as Error });
      unfinished.add(entry.message.id);
    }
  }
  return { refusals, unfinished };
}

async function takeEvent(owned: OwnedMessage): Promise<Rejection | undefined> {
  const event = readDeviceEvent(owned);
  if (isRejection(event)) return event;
  switch (event.kind) {
    case 'alert':
      return storeAlert(owned.session, event.alert);
    case 'status':
      return changeStatus(owned.session, event.status);
    case 'refused':
      return tellOfRefusal(owned.session, event.refused);
    case 'infrastructure':
      return storeAssetReading(owned.session, event.reading);
  }
}

/** The number the meter is kept under, which is not the one of a device that was exchanged. */
async function findMeterId(
  session: TenantSession,
  reportedId: string,
  stationId: string,
  time: string,
): Promise<string | Rejection> {
  const state = (await readStates(session, [reportedId], true)).get(reportedId);
  if (state === undefined) return reject('unknown_meter', `There is no meter "${reportedId}".`);
  const station = stationAt(state, Date.parse(time));
  if (station !== stationId)
    return reject('meter_not_at_station', `Meter "${state.meterId}" was at ${station ?? 'no station'} at ${time}.`);
  return state.meterId;
}

/** The same fact has the same event id, so delivering it again changes nothing for anybody. */
const eventId = (type: string, time: string, session: TenantSession, fact: object): string =>
  derivedId('evt', Date.parse(time), `${type} ${session.tenantId} ${JSON.stringify(fact)}`);

async function storeAlert(session: TenantSession, reported: MeterAlert): Promise<Rejection | undefined> {
  const meterId = await findMeterId(session, reported.meterId, reported.stationId, reported.time);
  if (typeof meterId !== 'string') return meterId;
  const alert = { ...reported, meterId };
  await ignoringRepetition(
    session.transact(meterAlertEntity.table, (unit) => {
      unit.create(meterAlertEntity, alert);
      unit.emit(meterAlert, {
        aggregateId: meterId,
        payload: alert,
        id: eventId('meter.alert', alert.time, session, alert),
        occurredAt: alert.time,
      });
    }),
  );
  return undefined;
}

/** It changes nothing of the meter; what becomes of the command is for whoever gave it. */
async function tellOfRefusal(session: TenantSession, reported: CommandRefused): Promise<Rejection | undefined> {
  const meterId = await findMeterId(session, reported.meterId, reported.stationId, reported.time);
  if (typeof meterId !== 'string') return meterId;
  const refused = { ...reported, meterId };
  await publish(session, 'metering', meterCommandRefused, {
    aggregateId: meterId,
    payload: refused,
    id: eventId('meter.command_refused', refused.time, session, refused),
    occurredAt: refused.time,
  });
  return undefined;
}

async function storeAssetReading(session: TenantSession, reading: AssetReading): Promise<Rejection | undefined> {
  await ignoringRepetition(
    session.transact('metering', (unit) => {
      unit.create(assetReadingEntity, reading);
      unit.emit(assetReadingReceived, {
        aggregateId: `${reading.stationId}/${reading.assetId}`,
        payload: reading,
        id: eventId('asset.reading_received', reading.time, session, reading),
        occurredAt: reading.time,
      });
    }),
  );
  return undefined;
}

async function changeStatus(session: TenantSession, reported: ReportedStatus): Promise<Rejection | undefined> {
  const meterId = await findMeterId(session, reported.meterId, reported.stationId, reported.time);
  if (typeof meterId !== 'string') return meterId;
  const meter = await session.require(meterEntity, { id: meterId });
  if (meter.status === 'retired') return reject('meter_retired', `Meter "${meterId}" is retired.`);
  if (meter.statusAt !== undefined && reported.time <= meter.statusAt) {
    await keepOvertaken(session, { ...reported, meterId });
    return undefined;
  }
  const change = { ...reported, meterId, previousStatus: meter.status };
  const isChange = meter.status !== reported.newStatus;
  await session.transact(meterEntity.table, (unit) => {
    const after = unit.update(meterEntity, meter, { status: reported.newStatus, statusAt: reported.time });
    if (!isChange) return;
    updateProfile(unit, session, after);
    recordStatusChange(unit, change);
    unit.emit(meterStatusChanged, {
      aggregateId: meterId,
      payload: change,
      id: eventId('meter.status_changed', change.time, session, change),
      occurredAt: change.time,
    });
  });
  return undefined;
}

/** A message that a later one overtook is history: it must not turn the status back. */
async function keepOvertaken(session: TenantSession, { previousStatus, ...reported }: ReportedStatus): Promise<void> {
  if (previousStatus === undefined || previousStatus === reported.newStatus) return;
  const key = { meterId: reported.meterId, time: reported.time, newStatus: reported.newStatus };
  if ((await session.get(statusChangeEntity, key)) !== undefined) return;
  await session.transact(meterEntity.table, (unit) => recordStatusChange(unit, { ...reported, previousStatus }));
}

async function ignoringRepetition(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isAppError(error) || error.code !== 'already_exists') throw error;
  }
}
