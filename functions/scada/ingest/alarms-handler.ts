/** Lambda entry of the queue with alarms of gateways. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { decodeAlarms } from '../../../layers/station/messages.ts';
import { heardFrom } from '../gateways/gateway-presence.ts';
import { readGatewayMessages, readRuleMessage } from './gateway-message.ts';
import { takeAlarms } from './take-alarms.ts';

export const handler = consumeBatch(
  ({ messageId, body }) => readRuleMessage(messageId, body),
  async (raw) => {
    const messages = await readGatewayMessages(raw, decodeAlarms);
    const unfinished = await takeAlarms(messages);
    await heardFrom(messages);
    return unfinished;
  },
);
