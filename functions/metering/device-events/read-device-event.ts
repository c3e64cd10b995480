/** Reads the documented messages beside readings: alerts and status changes of meters, measurements of a station's equipment. */
import type { PayloadOf } from '../../../layers/kernel/events/define-event.ts';
import { maxAgeMs, maxClockSkewMs } from '../../../layers/metering/check-reading.ts';
import { decodeMessage, isRecord, show } from '../../../layers/metering/reading-message.ts';
import { isoTime, parseTime } from '../../../layers/metering/reading-time.ts';
import { isRejection, type Rejection, reject } from '../../../layers/metering/rejection-reasons.ts';
import { alertSeverities, type assetReadingReceived, type meterCommandRefused } from '../events.ts';
import type { OwnedMessage } from '../ingest/read-messages.ts';
import { meterStatuses } from '../meters/meter-schema.ts';
import type { MeterAlert, StatusChange } from '../meters/status-changes.ts';
import { answerTo, confirmations } from './command-answer.ts';

export type CommandRefused = PayloadOf<typeof meterCommandRefused>;
export type AssetReading = PayloadOf<typeof assetReadingReceived>;
/** What the device says of its previous status counts only where the store does not know better. */
export type ReportedStatus = Omit<StatusChange, 'previousStatus'> & Partial<Pick<StatusChange, 'previousStatus'>>;

export type DeviceEvent =
  | { kind: 'alert'; alert: MeterAlert }
  | { kind: 'status'; status: ReportedStatus }
  | { kind: 'refused'; refused: CommandRefused }
  | { kind: 'infrastructure'; reading: AssetReading };

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const maxValues = 64;

export function readDeviceEvent({ message, topic }: OwnedMessage): DeviceEvent | Rejection {
  const decoded = decodeMessage(message.data);
  if (isRejection(decoded)) return decoded;
  const { value } = decoded;
  if (!isRecord(value)) return reject('invalid_payload', 'The message is not a JSON object.');
  const time = readEventTime(value['timestamp'], message.receivedMs);
  if (typeof time !== 'string') return time;
  switch (topic.kind) {
    case 'alert':
      return readAlert(value, topic.stationId, topic.deviceId, time);
    case 'status':
      return value['event_type'] === 'disconnect_confirm' || value['event_type'] === 'reconnect_confirm'
        ? readConfirmation(value, value['event_type'], topic.stationId, topic.deviceId, time)
        : readStatus(value, topic.stationId, topic.deviceId, time);
    case 'infrastructure':
      return readInfrastructure(value, topic.stationId, topic.deviceId, time);
    case 'data':
      return reject('unknown_topic', 'Readings do not come this way.');
  }
}

function readEventTime(timestamp: unknown, receivedMs: number): string | Rejection {
  const timeMs = typeof timestamp === 'string' ? parseTime(timestamp) : undefined;
  if (timeMs === undefined)
    return reject('invalid_timestamp', `timestamp ${show(timestamp)} is not like "2026-01-31T10:30:00Z".`);
  if (timeMs > receivedMs + maxClockSkewMs) return reject('timestamp_in_future', `${isoTime(timeMs)} is yet to come.`);
  if (timeMs < receivedMs - maxAgeMs) return reject('timestamp_too_old', `${isoTime(timeMs)} is over two years old.`);
  return isoTime(timeMs);
}

function checkHead(value: Record<string, unknown>, eventType: string, meterId: string): Rejection | undefined {
  if (value['event_type'] !== undefined && value['event_type'] !== eventType)
    return reject('unexpected_event_type', `event_type ${show(value['event_type'])} is not "${eventType}".`);
  if (value['meter_id'] !== meterId)
    return reject('meter_id_mismatch', `The topic says "${meterId}", the message ${show(value['meter_id'])}.`);
  return undefined;
}

function readAlert(
  value: Record<string, unknown>,
  stationId: string,
  meterId: string,
  time: string,
): DeviceEvent | Rejection {
  const wrong = checkHead(value, 'alert', meterId);
  if (wrong) return wrong;
  const { alert_type: alertType, severity, value: measured, threshold, message } = value;
  if (typeof alertType !== 'string' || !namePattern.test(alertType))
    return reject('invalid_payload', `alert_type ${show(alertType)} is not a name.`);
  if (!alertSeverities.includes(severity as never))
    return reject('invalid_payload', `severity ${show(severity)} is not one of ${alertSeverities.join(', ')}.`);
  for (const [name, number] of Object.entries({ value: measured, threshold }))
    if (number !== undefined && number !== null && !Number.isFinite(number))
      return reject('invalid_payload', `${name} ${show(number)} is not a number.`);
  const alert: MeterAlert = { stationId, meterId, time, alertType, severity: severity as MeterAlert['severity'] };
  if (typeof measured === 'number') alert.value = measured;
  if (typeof threshold === 'number') alert.threshold = threshold;
  if (typeof message === 'string') alert.message = message.slice(0, 500);
  return { kind: 'alert', alert };
}

function readStatus(
  value: Record<string, unknown>,
  stationId: string,
  meterId: string,
  time: string,
): DeviceEvent | Rejection {
  const wrong = checkHead(value, 'status_change', meterId);
  if (wrong) return wrong;
  const { new_status: newStatus, previous_status: previousStatus, reason } = value;
  // Taking a meter out of service is the utility's decision, not the device's.
  if (!meterStatuses.includes(newStatus as never) || newStatus === 'retired')
    return reject('invalid_payload', `new_status ${show(newStatus)} is not a status a device can have.`);
  const status: ReportedStatus = { stationId, meterId, time, newStatus: newStatus as ReportedStatus['newStatus'] };
  if (meterStatuses.includes(previousStatus as never))
    status.previousStatus = previousStatus as ReportedStatus['newStatus'];
  if (typeof reason === 'string') status.reason = reason.slice(0, 200);
  return { kind: 'status', status };
}

function readConfirmation(
  value: Record<string, unknown>,
  eventType: keyof typeof confirmations,
  stationId: string,
  meterId: string,
  time: string,
): DeviceEvent | Rejection {
  const wrong = checkHead(value, eventType, meterId);
  if (wrong) return wrong;
  const { action, newStatus } = confirmations[eventType];
  const { status, command_id: commandId, reason } = value;
  switch (answerTo(status)) {
    case 'done':
      return { kind: 'status', status: { stationId, meterId, time, newStatus, reason: 'command_confirmed' } };
    case 'refused': {
      const refused: CommandRefused = { stationId, meterId, time, action };
      if (typeof commandId === 'string') refused.commandId = commandId.slice(0, 200);
      if (typeof reason === 'string') refused.reason = reason.slice(0, 200);
      return { kind: 'refused', refused };
    }
    case undefined:
      return reject('invalid_payload', `status ${show(status)} does not say whether the command was done.`);
  }
}

function readInfrastructure(
  value: Record<string, unknown>,
  stationId: string,
  assetId: string,
  time: string,
): DeviceEvent | Rejection {
  const { data } = value;
  if (!isRecord(data)) return reject('invalid_payload', 'data is not an object.');
  const values: Record<string, number> = {};
  for (const [name, measured] of Object.entries(data)) {
    if (typeof measured !== 'number' || !Number.isFinite(measured)) continue;
    if (!namePattern.test(name)) return reject('invalid_payload', `"${name.slice(0, 40)}" is not a name.`);
    values[name] = measured;
  }
  const count = Object.keys(values).length;
  if (count === 0 || count > maxValues)
    return reject('invalid_payload', `data holds ${count} numbers; 1 to ${maxValues} are expected.`);
  return { kind: 'infrastructure', reading: { stationId, assetId, time, values } };
}
