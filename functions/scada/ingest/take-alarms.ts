/** Takes in alarms of gateways: those of a station in the order they happened, and held back where too many come. */

import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import type { AlarmsMessage, Alarm as ReportedAlarm } from '../../../layers/station/messages.ts';
import { alarmEntity } from '../alarms/alarm-entity.ts';
import { admitAlarms, noteSuppressed } from '../alarms/flood-control.ts';
import { alarmIdOf, type Occurrence, takeOccurrence } from '../alarms/take-occurrence.ts';
import { type Directory, directoryOf } from '../configurations/load-directory.ts';
import { presentValue } from '../values/present-value.ts';
import type { GatewayMessage } from './gateway-message.ts';

/** Alarms of different occurrences are independent. */
const parallel = 10;

/** @returns ids of messages that must come again */
export async function takeAlarms(messages: readonly GatewayMessage<AlarmsMessage>[]): Promise<string[]> {
  const unfinished: string[] = [];
  for (const own of Map.groupBy(messages, ({ session, stationId }) => `${session.tenantId} ${stationId}`).values()) {
    try {
      await takeOfStation(own);
    } catch (error) {
      logger.error('alarms not stored', { stationId: own[0]!.stationId, error: error as Error });
      unfinished.push(...own.map(({ id }) => id));
    }
  }
  return unfinished;
}

async function takeOfStation(messages: readonly GatewayMessage<AlarmsMessage>[]): Promise<void> {
  const { session, stationId } = messages[0]!;
  const reported = messages.flatMap(({ message }) => message.alarms);
  const directory = await directoryOf(
    session,
    stationId,
    reported.flatMap(({ pointId }) => (pointId === undefined ? [] : [pointId])),
  );
  const occurrences = reported
    .map((alarm) => toOccurrence(stationId, alarm, directory))
    .sort((a, b) => a.timeMs - b.timeMs);
  const byAlarm = Map.groupBy(occurrences, (occurrence) => alarmIdOf(session, occurrence));
  const held = await heldBack(session, stationId, byAlarm);
  const queue = [...byAlarm];
  for (let start = 0; start < queue.length; start += parallel)
    await Promise.all(
      queue.slice(start, start + parallel).map(async ([id, own]) => {
        for (const occurrence of own) await takeOccurrence(session, occurrence, held.has(id));
      }),
    );
  await noteSuppressed(session, stationId, held.size);
}

/** New alarms beyond what the station may raise in this minute. What is critical always goes through. */
async function heldBack(
  session: TenantSession,
  stationId: string,
  byAlarm: ReadonlyMap<string, Occurrence[]>,
): Promise<Set<string>> {
  const known = await session.getMany(
    alarmEntity,
    [...byAlarm.keys()].map((id) => ({ id })),
  );
  const stored = new Set(known.map(({ id }) => id));
  const fresh = [...byAlarm].filter(([id, [first]]) => !stored.has(id) && first!.priority !== 'critical');
  const admitted = await admitAlarms(session, stationId, fresh.length);
  return new Set(fresh.slice(admitted).map(([id]) => id));
}

function toOccurrence(stationId: string, alarm: ReportedAlarm, directory: Directory): Occurrence {
  const { alarmId, kind, state, priority, timeMs, raisedAtMs, pointId, deviceId, connectionId, value, limit } = alarm;
  const point = pointId === undefined ? undefined : directory.points.get(pointId);
  return {
    stationId,
    sourceAlarmId: alarmId,
    source: 'gateway',
    kind,
    state,
    priority,
    timeMs,
    raisedAtMs,
    pointId,
    deviceId: deviceId ?? point?.deviceId,
    protocolId: connectionId,
    ...(value === undefined ? {} : { value: presentValue(value) }),
    ...(limit === undefined ? {} : { limit: presentValue(limit) }),
    reason: alarm.reason,
    point,
  };
}
