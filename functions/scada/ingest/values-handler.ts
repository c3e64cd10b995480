/** Lambda entry of the queue with values of gateways: plain ones and sequences of events. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { decodeValues } from '../../../layers/station/messages.ts';
import { heardFrom } from '../gateways/gateway-presence.ts';
import { readGatewayMessages, readRuleMessage } from './gateway-message.ts';
import { takeValues } from './take-values.ts';

export const handler = consumeBatch(
  ({ messageId, body }) => readRuleMessage(messageId, body),
  async (raw) => {
    const messages = await readGatewayMessages(raw, decodeValues);
    const unfinished = await takeValues(messages);
    await heardFrom(messages);
    return unfinished;
  },
);
