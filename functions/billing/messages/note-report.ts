/** Brings together a message that was sent and what its provider reports of it; either may be written first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { customerMessageEntity, type DeliveryReport, type SentMessage, sentMessageEntity } from './message-entity.ts';
import { avoidableFailure } from './message-outcome.ts';
import type { CustomerMessage } from './message-schema.ts';

/** Reports of a delivery come within days. */
const reportsKeptSeconds = 90 * 86_400;
/** The queue has handed out a message for the last time long before; most of what waits so long is of other domains. */
const earlyKeptSeconds = 3 * 86_400;

type Key = Pick<SentMessage, 'integrationId' | 'providerReference'>;

/** What a report makes of a message. */
const changesBy = ({ status, at, detail }: DeliveryReport) =>
  status === 'delivered'
    ? { status, deliveredAt: at, reason: null, detail: null }
    : {
        status,
        reason: 'undelivered' as const,
        ...(detail === undefined ? {} : { detail }),
        ...avoidableFailure(detail),
      };

/** Failures that a provider reported, and may have to take back. */
const deliveredAfter: readonly CustomerMessage['reason'][] = ['undelivered', 'no_template'];

/** An arrival is not taken back, but takes a failure back: networks give up on telephones that come on again. */
const isOpenTo = (report: DeliveryReport, { status, reason }: CustomerMessage): boolean =>
  status === 'sent' || (status === 'failed' && deliveredAfter.includes(reason) && report.status === 'delivered');

const retainFor = (session: TenantSession, seconds: number): number =>
  Math.floor(Date.parse(session.context.now()) / 1000) + seconds;

export function noteReport(session: TenantSession, key: Key, report: DeliveryReport): Promise<void> {
  return retryOnChangeOrMade(async () => {
    const sent = await session.get(sentMessageEntity, key, { consistent: true });
    if (sent?.messageId === undefined) return keepEarly(session, key, sent, report);
    const message = await session.require(customerMessageEntity, { id: sent.messageId });
    // A try that was made since has a report of its own.
    if (!isOpenTo(report, message) || message.tries !== (sent.tries ?? message.tries)) return;
    await session.transact('billing', (unit) =>
      unit.update(customerMessageEntity, message, changesBy(report), { isAudited: false }),
    );
  });
}

async function keepEarly(
  session: TenantSession,
  key: Key,
  sent: (SentMessage & Stored) | undefined,
  report: DeliveryReport,
): Promise<void> {
  if (sent?.report?.status === 'delivered') return;
  await session.transact('billing', (unit) => {
    if (sent === undefined)
      unit.create(sentMessageEntity, { ...key, report, retainUntil: retainFor(session, earlyKeptSeconds) });
    else unit.update(sentMessageEntity, sent, { report }, { isAudited: false });
  });
}

/** Notes that a provider took a message, with what it may have reported of it already. */
export function noteSent(
  session: TenantSession,
  messageId: string,
  key: Key,
  { status, provider }: { status: 'accepted' | 'sent' | 'delivered' | 'failed'; provider: string },
): Promise<void> {
  return retryOnChangeOrMade(async () => {
    const [early, message] = await Promise.all([
      session.get(sentMessageEntity, key, { consistent: true }),
      session.require(customerMessageEntity, { id: messageId }),
    ]);
    if (message.status !== 'queued') return;
    const sentAt = session.context.now();
    // Some say at once what became of it.
    const report: DeliveryReport | undefined =
      early?.report ?? (status === 'delivered' || status === 'failed' ? { status, at: sentAt } : undefined);
    await session.transact('billing', (unit) => {
      unit.update(
        customerMessageEntity,
        message,
        {
          status: 'sent',
          sentAt,
          provider,
          ...(report === undefined ? {} : changesBy(report)),
        },
        { isAudited: false },
      );
      const row = { messageId, tries: message.tries, retainUntil: retainFor(session, reportsKeptSeconds) };
      if (early === undefined) unit.create(sentMessageEntity, { ...key, ...row });
      else unit.update(sentMessageEntity, early, row, { isAudited: false });
    });
  });
}
