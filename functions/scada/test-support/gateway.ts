/** Speaks for the gateway of a station in tests. */
import {
  type Alarm,
  type CommandMessage,
  decodeCommand,
  encodeAlarms,
  encodeValues,
  healthCodec,
  type ReportedValue,
  type ResultMessage,
  resultCodec,
} from '../../../layers/station/messages.ts';
import { handler as alarmsHandler } from '../ingest/alarms-handler.ts';
import { handler as reportsHandler } from '../ingest/reports-handler.ts';
import { handler as valuesHandler } from '../ingest/values-handler.ts';
import { deliver, type ScadaStack } from './scada-stack.ts';

const storeId = 'store-000001';
let seq = 1;

export interface TestGateway {
  /** Says that it is there. */
  alive(): Promise<void>;
  values(values: ReportedValue[]): Promise<void>;
  alarms(alarms: Alarm[]): Promise<void>;
  result(result: Omit<ResultMessage, 'storeId' | 'seq'>): Promise<void>;
  /** Commands that were published to it, oldest first. */
  commands(): CommandMessage[];
}

export function gatewayOf(stack: ScadaStack, stationId = 'ST-1'): TestGateway {
  const send = async (handler: Parameters<typeof deliver>[0], kind: string, payload: Uint8Array): Promise<void> => {
    const failed = await deliver(handler, [{ topic: `mizan/${stationId}/gateway/${kind}`, payload }]);
    if (failed.length > 0) throw new Error(`${kind} not taken`);
  };
  return {
    alive: () =>
      send(
        reportsHandler,
        'health',
        healthCodec.encode({
          online: true,
          bootId: 'boot-1',
          timeMs: Date.now(),
          software: '0.1.0',
          configurationVersion: 1,
        }),
      ),
    values: (values) => send(valuesHandler, 'values', encodeValues({ storeId, seq: seq++, values })),
    alarms: (alarms) => send(alarmsHandler, 'alarms', encodeAlarms({ storeId, seq: seq++, alarms })),
    result: (result) => send(reportsHandler, 'results', resultCodec.encode({ storeId, seq: seq++, ...result })),
    commands: () =>
      stack.published
        .filter(({ topic }) => topic === `mizan/${stationId}/platform/commands`)
        .map(({ payload }) => decodeCommand(payload)),
  };
}

/** An alarm as a gateway finds it. */
export const alarmAt = (pointId: string, raisedAtMs: number, fields: Partial<Alarm> = {}): Alarm => ({
  alarmId: `${pointId}:high:${raisedAtMs}`,
  kind: 'high',
  pointId,
  state: 'raised',
  priority: 'medium',
  timeMs: raisedAtMs,
  raisedAtMs,
  value: 95,
  limit: 90,
  ...fields,
});
