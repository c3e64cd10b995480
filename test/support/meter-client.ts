/** A meter on MQTT, speaking the documented payloads. */
import { connectAsync, type MqttClient } from 'mqtt';

export interface MeterClient {
  mqtt: MqttClient;
  publishReading(
    stationId: string,
    meterId: string,
    kwh: number,
    timeMs?: number,
    extra?: Record<string, unknown>,
  ): Promise<void>;
  publish(topic: string, payload: string | Buffer): Promise<void>;
  close(): Promise<void>;
}

export async function connectMeter(mqttUrl: string, apiKey: string): Promise<MeterClient> {
  const mqtt = await connectAsync(mqttUrl, {
    username: 'meter',
    password: apiKey,
    reconnectPeriod: 0,
    protocolVersion: 4,
  });
  const publish = async (topic: string, payload: string | Buffer): Promise<void> => {
    await mqtt.publishAsync(topic, payload, { qos: 1 });
  };
  return {
    mqtt,
    publish,
    publishReading: (stationId, meterId, kwh, timeMs = Date.now(), extra = {}) =>
      publish(`acrel/${stationId}/meter/${meterId}/data`, JSON.stringify(readingMessage(meterId, kwh, timeMs, extra))),
    close: () => mqtt.endAsync(true),
  };
}

export function readingMessage(
  meterId: string,
  kwh: number,
  timeMs: number,
  extra: Record<string, unknown> = {},
): object {
  return {
    event_type: 'meter_reading',
    timestamp: new Date(timeMs).toISOString(),
    meter_id: meterId,
    meter_type: 'ADL200',
    data: { reading: kwh, consumption: 0, voltage: 229.5, current: 4.2, power_factor: 0.95, ...extra },
  };
}
