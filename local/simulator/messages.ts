/** The messages a station's Acrel system publishes: topics and payloads exactly as its protocol documents them. */

export interface FleetMessage {
  kind: 'reading' | 'alert' | 'status' | 'infrastructure';
  topic: string;
  payload: string | Buffer;
  /** Damaged on purpose. */
  damaged?: true;
}

export interface ReadingData {
  /** Cumulative register, kWh. */
  reading: number;
  /** Cumulative register of the opposite direction, kWh; bidirectional meters only. */
  reading_export?: number;
  /** Register difference since the previous message, kWh. */
  consumption: number;
  voltage: number;
  current: number;
  power_factor: number;
}

export interface AlertData {
  alert_type: 'over_voltage' | 'under_voltage' | 'over_current';
  severity: 'warning' | 'critical';
  value: number;
  threshold: number;
  message: string;
}

export interface StatusData {
  previous_status: string;
  new_status: string;
  reason: string;
}

export interface MeterAddress {
  stationId: string;
  meterId: string;
}

export function readingMessage(meter: MeterAddress, meterType: string, atMs: number, data: ReadingData): FleetMessage {
  return {
    kind: 'reading',
    topic: meterTopic(meter, 'data'),
    payload: JSON.stringify({
      event_type: 'meter_reading',
      timestamp: timestamp(atMs),
      meter_id: meter.meterId,
      meter_type: meterType,
      data,
    }),
  };
}

export function alertMessage(meter: MeterAddress, atMs: number, alert: AlertData): FleetMessage {
  return {
    kind: 'alert',
    topic: meterTopic(meter, 'alert'),
    payload: JSON.stringify({
      event_type: 'alert',
      timestamp: timestamp(atMs),
      meter_id: meter.meterId,
      ...alert,
    }),
  };
}

export function statusMessage(meter: MeterAddress, atMs: number, status: StatusData): FleetMessage {
  return {
    kind: 'status',
    topic: meterTopic(meter, 'status'),
    payload: JSON.stringify({
      event_type: 'status_change',
      timestamp: timestamp(atMs),
      meter_id: meter.meterId,
      ...status,
    }),
  };
}

export function infrastructureMessage(
  stationId: string,
  infrastructureId: string,
  infrastructureType: string,
  atMs: number,
  data: Record<string, number>,
): FleetMessage {
  return {
    kind: 'infrastructure',
    topic: `acrel/${stationId}/infrastructure/${infrastructureId}/data`,
    payload: JSON.stringify({
      event_type: 'infrastructure_reading',
      timestamp: timestamp(atMs),
      infrastructure_id: infrastructureId,
      infrastructure_type: infrastructureType,
      data,
    }),
  };
}

/** Where a station's meters get their commands. */
export const commandTopics = (stationId: string): string => `acrel/${stationId}/meter/+/command`;

/** The meter that a command topic addresses. */
export function commandAddress(topic: string): MeterAddress | undefined {
  const match = /^acrel\/([^/]+)\/meter\/([^/]+)\/command$/.exec(topic);
  return match ? { stationId: match[1]!, meterId: match[2]! } : undefined;
}

export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

function meterTopic({ stationId, meterId }: MeterAddress, channel: string): string {
  return `acrel/${stationId}/meter/${meterId}/${channel}`;
}

/** Whole seconds, as the protocol writes them. */
function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
