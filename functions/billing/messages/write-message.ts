/** The row of a message to a customer, and how it is handed on: queued by an event, or kept for the end of the quiet hours. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { ComposedMessage } from './compose-message.ts';
import { customerMessageEntity, messageIdOf, waitingMessageEntity } from './message-entity.ts';
import { messageRequested } from './message-events.ts';
import type { CustomerMessage, MessageChannel } from './message-schema.ts';
import type { CustomerNotification } from './notify-customer.ts';

export interface Written {
  channel: MessageChannel;
  to: string | undefined;
  reason: CustomerMessage['reason'];
  message: ComposedMessage;
  notice: NonNullable<CustomerMessage['notice']>;
  sendAfter: string | undefined;
}

export function messageRow(
  session: TenantSession,
  { reference, template, document, aboutId = document?.id }: Omit<CustomerNotification, 'values'>,
  { id: customerId, language }: Customer,
  { channel, to, reason, message, notice, sendAfter }: Written,
): CustomerMessage {
  const status = reason !== undefined ? 'skipped' : sendAfter === undefined ? 'queued' : 'waiting';
  return {
    id: messageIdOf(reference, channel),
    customerId,
    template,
    channel,
    language,
    reference,
    ...(to === undefined ? {} : { to }),
    ...(channel === 'email' ? { subject: message.subject, html: message.html } : {}),
    ...(channel === 'push' ? { subject: notice[language].title, notice } : {}),
    text: channel === 'push' ? notice[language].body : channel === 'email' ? message.text : message.short,
    ...(channel === 'whatsapp' ? { parameters: message.parameters } : {}),
    ...(aboutId === undefined ? {} : { aboutId }),
    ...(document === undefined ? {} : { document }),
    status,
    ...(reason === undefined ? {} : { reason }),
    requestedAt: session.context.now(),
    ...(status === 'waiting' ? { sendAfter: sendAfter! } : {}),
    tries: 0,
  };
}

/** A message that is made anew keeps its row and counts on: providers know each try by a reference of its own. */
export function writeMessage(
  unit: UnitOfWork,
  before: (CustomerMessage & Stored) | undefined,
  row: CustomerMessage,
): void {
  if (before === undefined) unit.create(customerMessageEntity, row);
  else
    unit.update(customerMessageEntity, before, {
      ...row,
      reason: row.reason ?? null,
      detail: null,
      tries: before.tries + 1,
    });
  if (row.status === 'waiting') unit.put(waitingMessageEntity, { sendAfter: row.sendAfter!, messageId: row.id });
  else if (row.status === 'queued') requestSending(unit, row);
}

export function requestSending(
  unit: UnitOfWork,
  { id, customerId, template, channel, reference }: CustomerMessage,
): void {
  unit.emit(messageRequested, {
    aggregateId: customerId,
    payload: { messageId: id, customerId, template, channel, reference },
  });
}
