/** Subscriber: tells customers what becomes of their tickets: that one was opened, that staff answered, that it is held for solved. */
import { displayCode } from '../../../layers/documents/display.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { PayloadOf } from '../../../layers/kernel/events/define-event.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { ticketCreated, ticketMessageAdded, type ticketUpdated } from '../../support/events.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { readMessageSettings } from '../messages/message-settings.ts';
import { type CustomerNotification, notifyCustomer } from '../messages/notify-customer.ts';
import type { TemplateValues } from '../messages/templates/index.ts';

type Telling<T extends 'ticket_opened' | 'ticket_answered'> = CustomerNotification<T> & { values: TemplateValues<T> };
type Order = Telling<'ticket_opened'> | Telling<'ticket_answered'>;

export const handler = consumeEvents(async (event) => {
  const order = orderOf(event);
  if (order === undefined) return;
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  const [customer, { automatic }] = await Promise.all([
    session.get(customerEntity, { id: order.customerId }),
    readMessageSettings(session),
  ]);
  // Nobody to write to is nothing to try again.
  if (customer === undefined || !automatic.includes(order.template)) return;
  // A number stays whole within Arabic text.
  const ticket = displayCode(order.values.ticket, customer);
  await notifyCustomer(session, { ...order, values: { ...order.values, ticket } } as CustomerNotification);
});

/** References name the fact and not the event, so that no repetition writes twice. */
function orderOf({ type, payload }: EventEnvelope): Order | undefined {
  if (type === ticketMessageAdded.type) {
    const { message, customerId, ticketId, ticketNumber, subject } = payload as PayloadOf<typeof ticketMessageAdded>;
    if (customerId === undefined || message.author !== 'staff' || message.text === undefined) return undefined;
    return {
      customerId,
      template: 'ticket_answered',
      values: { ticket: ticketNumber, subject, answer: message.text },
      reference: `ticket message ${message.id}`,
      aboutId: ticketId,
    };
  }
  const ticket = payload as PayloadOf<typeof ticketUpdated>;
  const { id, customerId, ticketNumber, subject, status, resolvedAt } = ticket;
  const isOpened = type === ticketCreated.type;
  if (customerId === undefined || (!isOpened && status !== 'resolved')) return undefined;
  return {
    customerId,
    template: (isOpened ? 'ticket_opened' : 'ticket_resolved') as 'ticket_opened',
    values: { ticket: ticketNumber, subject },
    // Solved again is told again; another change of a solved ticket is not.
    reference: isOpened ? `ticket ${id}` : `ticket ${id} solved ${resolvedAt}`,
    aboutId: id,
  };
}
