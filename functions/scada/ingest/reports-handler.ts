/** Lambda entry of the queue with what gateways tell of themselves. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { heardFrom } from '../gateways/gateway-presence.ts';
import { readGatewayMessages, readRuleMessage } from './gateway-message.ts';
import { decodeReport, takeReports } from './take-reports.ts';

export const handler = consumeBatch(
  ({ messageId, body }) => readRuleMessage(messageId, body),
  async (raw) => {
    const messages = await readGatewayMessages(raw, decodeReport);
    const unfinished = await takeReports(messages);
    // The last will is no sign of life.
    await heardFrom(messages.filter(({ message }) => message.kind !== 'health'));
    return unfinished;
  },
);
