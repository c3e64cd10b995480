/**
 * Writes to a customer: makes one message for each channel, in the customer's language, at most once for a reference, and
 * hands it to the queue by an event of the same transaction. Sending is elsewhere: nothing here waits for a provider, and
 * nothing is lost when the caller dies.
 */
import type { DisplayStyle } from '../../../layers/documents/display.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { addDocumentLink } from '../documents/document-link.ts';
import type { DocumentRef } from '../documents/document-schema.ts';
import { hasApp } from '../push/users-of-customer.ts';
import { composeMessage } from './compose-message.ts';
import { composeNotice } from './compose-notice.ts';
import { customerMessageEntity, messageIdOf } from './message-entity.ts';
import { outcomeOf } from './message-outcome.ts';
import type { CustomerMessage, MessageChannel } from './message-schema.ts';
import { type MessageSettings, readMessageSettings } from './message-settings.ts';
import { quietUntil } from './quiet-hours.ts';
import { type TemplateName, type TemplateValues, templateOf } from './templates/index.ts';
import { messageRow, writeMessage } from './write-message.ts';

export interface CustomerNotification<T extends TemplateName = TemplateName> {
  customerId: string;
  template: T;
  /** As customers read them: see `layers/documents/display.ts` for numbers and days. A function is asked where a message is made. */
  values: TemplateValues<T> | ((customer: Customer, style: DisplayStyle) => Promise<TemplateValues<T>>);
  /** What makes it the same message when it is asked for again, e.g. `invoice inv_…`; a channel carries it once. */
  reference: string;
  /** @default the customer's own, and the app of those who have it; a channel the customer refuses stays silent whatever is asked */
  channels?: readonly MessageChannel[] | undefined;
  /** Attached to e-mail, linked in the others. */
  document?: DocumentRef | undefined;
  /** Lists the message at what it is about. @default the document's id */
  aboutId?: string | undefined;
}

export interface NotificationResult {
  messageId: string;
  channel: MessageChannel;
  /** As it stands now: a message asked for before is not made again, unless it failed or was skipped. */
  status: CustomerMessage['status'];
  reason?: CustomerMessage['reason'];
}

/**
 * Needs `readWrite` on table `billing` and `read` on `identity`.
 * @throws AppError `not_found` for a customer the tenant does not have
 */
export async function notifyCustomer<T extends TemplateName>(
  session: TenantSession,
  order: CustomerNotification<T>,
): Promise<NotificationResult[]> {
  return retryOnChangeOrMade(async () => {
    const [customer, settings, profile] = await Promise.all([
      session.require(customerEntity, { id: order.customerId }),
      readMessageSettings(session),
      tenantProfile(session),
    ]);
    const isInApp = await mayBeInApp(session, customer, order.channels);
    const channels = [...new Set(order.channels ?? [...customer.channels, ...(isInApp ? (['push'] as const) : [])])];
    const known = await Promise.all(
      channels.map((channel) =>
        session.get(customerMessageEntity, { id: messageIdOf(order.reference, channel) }, { consistent: true }),
      ),
    );
    const utility = settings.utilityName?.[customer.language] ?? profile.name;
    const plan = channels.map((channel, i) => ({
      channel,
      before: known[i],
      ...routeTo(customer, channel, order.template, isInApp),
    }));
    const now = session.context.now();
    const toWrite = plan.filter(
      ({ before, reason }) => before === undefined || mayTryAgain(outcomeOf(before, now), reason),
    );
    const written = new Map<MessageChannel, CustomerMessage>();
    if (toWrite.length > 0) {
      const style = { language: customer.language, digits: settings.digits };
      const values = typeof order.values === 'function' ? await order.values(customer, style) : order.values;
      await session.transact('billing', (unit) => {
        const link = linkOf(unit, session, settings, order.document, customer);
        const message = composeMessage(order.template, customer, utility, values, link);
        const notice = composeNotice(order.template, values, settings, profile.name);
        const sendAfter = waitUntil(session, settings, profile.timeZone, order.template);
        for (const { channel, before, to, reason } of toWrite) {
          const row = messageRow(session, order, customer, { channel, to, reason, message, notice, sendAfter });
          writeMessage(unit, before, row);
          written.set(channel, row);
        }
      });
    }
    return plan.map(({ channel, before }) => {
      const row = written.get(channel);
      const { status, reason } = row ?? outcomeOf(before!, now);
      const messageId = row?.id ?? before!.id;
      return { messageId, channel, status, ...(reason === undefined ? {} : { reason }) };
    });
  });
}

/** What never went out may be asked for again; it is not, where it would be skipped for the same reason. */
const mayTryAgain = (
  { status, reason }: Pick<CustomerMessage, 'status' | 'reason'>,
  now: CustomerMessage['reason'],
): boolean => status === 'failed' || (status === 'skipped' && reason !== now);

/** Whoever has the app hears there too, unless the channel is refused or others were asked for. */
async function mayBeInApp(
  session: TenantSession,
  { id, refusedChannels }: Customer,
  asked: readonly MessageChannel[] | undefined,
): Promise<boolean> {
  if (refusedChannels?.includes('push') || (asked !== undefined && !asked.includes('push'))) return false;
  return hasApp(session, id);
}

function routeTo(
  customer: Customer,
  channel: MessageChannel,
  template: TemplateName,
  isInApp: boolean,
): { to: string | undefined; reason: CustomerMessage['reason'] } {
  const isRefused =
    customer.refusedChannels?.includes(channel) ||
    (templateOf(template).isRefusable &&
      (customer.refusedMessages as readonly TemplateName[] | undefined)?.includes(template));
  const to = channel === 'push' ? undefined : channel === 'email' ? customer.email : customer.phone;
  const isReached = channel === 'push' ? isInApp : to !== undefined;
  return { to, reason: isRefused ? 'refused' : isReached ? undefined : 'no_address' };
}

function waitUntil(
  session: TenantSession,
  { quietHours }: MessageSettings,
  timeZone: string,
  template: TemplateName,
): string | undefined {
  if (templateOf(template).isUrgent) return undefined;
  const until = quietUntil(Date.parse(session.context.now()), quietHours, timeZone);
  return until === undefined ? undefined : new Date(until).toISOString();
}

function linkOf(
  unit: UnitOfWork,
  session: TenantSession,
  { publicUrl }: MessageSettings,
  document: DocumentRef | undefined,
  { language }: Customer,
): string | undefined {
  if (publicUrl === undefined || document === undefined) return undefined;
  return publicUrl + addDocumentLink(unit, session, document, language);
}
