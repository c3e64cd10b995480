/** Takes in what gateways tell of themselves: health, states of lines and devices, results of commands, configurations. */
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { handleEach } from '../../../layers/kernel/queues/consume-batch.ts';
import {
  type ConfigUpMessage,
  configUpCodec,
  type HealthMessage,
  healthCodec,
  MessageError,
  type ResultMessage,
  resultCodec,
  type StatusMessage,
  statusCodec,
} from '../../../layers/station/messages.ts';
import { downTopic, type UpKind } from '../../../layers/station/topics.ts';
import { answerConfiguration } from '../configurations/answer-gateway.ts';
import { takeResult } from '../controls/take-result.ts';
import { takeHealth } from '../gateways/take-health.ts';
import { takeStatus } from '../gateways/take-status.ts';
import type { GatewayMessage } from './gateway-message.ts';

export type Report =
  | { kind: 'health'; health: HealthMessage }
  | { kind: 'status'; status: StatusMessage }
  | { kind: 'results'; result: ResultMessage }
  | { kind: 'config'; config: ConfigUpMessage };

/** @throws MessageError naming the field */
export function decodeReport(payload: Uint8Array, kind: UpKind): Report {
  switch (kind) {
    case 'health':
      return { kind, health: healthCodec.decode(payload) };
    case 'status':
      return { kind, status: statusCodec.decode(payload) };
    case 'results':
      return { kind, result: resultCodec.decode(payload) };
    case 'config':
      return { kind, config: configUpCodec.decode(payload) };
    case 'values':
    case 'events':
    case 'alarms':
      throw new MessageError(`${kind} do not come this way.`);
  }
}

/** @returns ids of messages that must come again */
export function takeReports(messages: readonly GatewayMessage<Report>[]): Promise<string[]> {
  return handleEach(
    messages.map((message) => ({ ...message, messageId: message.id })),
    takeReport,
    ({ stationId, kind }) => ({ stationId, kind }),
  );
}

async function takeReport({ session, stationId, receivedMs, message }: GatewayMessage<Report>): Promise<void> {
  switch (message.kind) {
    case 'health':
      return takeHealth(session, stationId, message.health, receivedMs);
    case 'status':
      return takeStatus(session, stationId, message.status.changes);
    case 'results':
      return takeResult(session, stationId, message.result);
    case 'config': {
      const answer = await answerConfiguration(session, stationId, message.config);
      // Unanswered, the gateway asks again.
      if (answer !== undefined) await publishTopic(downTopic(stationId, 'config'), answer);
    }
  }
}
