/** The queue from which commands are sent and looked after. */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import type { MeterCommand } from './command-schema.ts';

export const commandQueue = 'meter-commands';

export interface CommandMessage {
  tenantId: string;
  commandId: string;
  /** Attempts made when the message was written; an older one is late and does nothing. */
  attempts: number;
}

export const orderSending = (
  tenantId: string,
  { id, attempts }: Pick<MeterCommand, 'id' | 'attempts'>,
  delaySeconds = 0,
): Promise<void> =>
  sendMessages(commandQueue, [
    { body: JSON.stringify({ tenantId, commandId: id, attempts } satisfies CommandMessage), delaySeconds },
  ]);
