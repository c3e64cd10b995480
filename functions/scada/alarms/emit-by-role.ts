/** What an alarm means for the network or an asset, by the role of its point. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';
import { assetFaultDetected, networkOverload } from '../events.ts';
import type { Alarm } from './alarm-entity.ts';

const isHigh = ({ kind }: Alarm): boolean => kind === 'high' || kind === 'high_high';

export function emitByRole(unit: UnitOfWork, alarm: Alarm, point: DirectoryEntry | undefined): void {
  if (point?.role === undefined) return;
  const { stationId, pointId, raisedAt: time, value, limit, priority, id: alarmId } = alarm;
  const { role, networkElementId: elementId, assetId } = point;
  const about = {
    stationId,
    ...(elementId === undefined ? {} : { elementId }),
    ...(pointId === undefined ? {} : { pointId }),
    time,
    alarmId,
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
  };
  if ((role === 'feeder_load' || role === 'transformer_load') && isHigh(alarm))
    unit.emit(networkOverload, { aggregateId: elementId ?? point.pointId, payload: about, occurredAt: time });
  const isFault = role === 'fault' || (role === 'transformer_temperature' && isHigh(alarm));
  if (isFault && alarm.kind !== 'communication') {
    const asset = assetId ?? point.deviceId;
    unit.emit(assetFaultDetected, {
      aggregateId: asset,
      payload: { ...about, assetId: asset, faultType: role, priority },
      occurredAt: time,
    });
  }
}
