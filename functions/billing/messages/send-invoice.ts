/** Sends an invoice to its customer on demand, and all invoices of a billing run, page by page. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { invoiceEntity, issuedPartitions } from '../invoices/invoice-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { runEntity } from '../runs/run-entity.ts';
import { progressOf } from '../runs/run-progress.ts';
import { sendCollectiveBill } from './collective-messages.ts';
import type { MessageChannel } from './message-schema.ts';
import type { NotificationResult } from './notify-customer.ts';
import { notifyOfInvoice, templateOfKind } from './notify-of-invoice.ts';
import { sendingReference } from './react-to-billing.ts';

export const sendingQueue = 'invoice-sendings';
const pageSize = 50;

/** @param again sends it once more where it went out before; give the same word again and it is the same sending */
export async function sendInvoice(
  session: TenantSession,
  id: string,
  { channels, again }: { channels?: readonly MessageChannel[] | undefined; again?: string | undefined },
): Promise<NotificationResult[]> {
  const invoice = await session.require(invoiceEntity, { id });
  const template = templateOfKind(invoice);
  const reference = sendingReference(template, id);
  return notifyOfInvoice(session, invoice, template, {
    reference: again === undefined ? reference : `${reference} again ${again}`,
    channels,
  });
}

export interface SendingMessage {
  tenantId: string;
  runId: string;
  shard: number;
  channels?: MessageChannel[] | undefined;
  cursor?: string | undefined;
  /** One of a page that could not be sent with it. */
  invoiceId?: string | undefined;
}

/**
 * Hands the run's invoices to the queue, a message for each part.
 * @throws AppError `not_found`; `conflict` while the run still makes invoices, of which some would be left out
 */
export async function startSending(session: TenantSession, runId: string, channels?: MessageChannel[]): Promise<void> {
  const { status } = await progressOf(session, runId);
  if (status !== 'completed')
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The run has not made all its invoices: send them when it is completed.',
        ar: 'لم تصدر الدورة كل فواتيرها بعد: أرسلها بعد اكتمالها.',
      },
    });
  await sendMessages(
    sendingQueue,
    issuedPartitions.map((_, shard) => messageOf({ tenantId: session.tenantId, runId, shard, channels })),
  );
}

/**
 * A page that comes twice makes no message twice: each has its reference. An invoice that cannot be sent is set aside as a message
 * of its own, so that it holds up neither the others nor the pages that follow.
 */
export async function sendPage(part: SendingMessage, limit = pageSize): Promise<void> {
  const { tenantId, runId, shard, channels, cursor, invoiceId } = part;
  const session = openSession(tenantId);
  if (invoiceId !== undefined)
    return void (await sendWithRun(session, await session.require(invoiceEntity, { id: invoiceId }), channels));
  const { issueDate } = await session.require(runEntity, { id: runId });
  const { items, nextCursor } = await session.query<Invoice & Stored>(invoiceEntity, {
    index: 'gsi1',
    pk: issuedPartitions[shard]!,
    beginsWith: [issueDate],
    filter: [{ attribute: 'runId', operator: '=', value: runId }],
    limit,
    cursor,
  });
  const following: SendingMessage[] = nextCursor === null ? [] : [{ ...part, cursor: nextCursor }];
  for (const invoice of items)
    try {
      if (invoice.status !== 'cancelled') await sendWithRun(session, invoice, channels);
    } catch (error) {
      logger.error('invoice not sent with its run', { tenantId, runId, invoiceId: invoice.id, error: error as Error });
      following.push({ tenantId, runId, shard, channels, invoiceId: invoice.id });
    }
  await sendMessages(sendingQueue, following.map(messageOf));
}

/** By itself, or, whichever of them it is, all of its customer's as one. */
const sendWithRun = (session: TenantSession, invoice: Invoice, channels?: MessageChannel[]): Promise<unknown> => {
  const { id, customerId, kind, isCollective, runId } = invoice;
  return isCollective && kind === 'invoice' && runId !== undefined
    ? sendCollectiveBill(session, { customerId, invoiceId: id, scope: { runId } }, channels)
    : sendInvoice(session, id, { channels });
};

const messageOf = (message: SendingMessage): { body: string } => ({ body: JSON.stringify(message) });
