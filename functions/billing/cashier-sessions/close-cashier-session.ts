/**
 * Closes a till: what was counted against what must be there. A difference needs a reason, and above a setting a second
 * person; it is posted when the session is closed, and a closed session never changes.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind, tenantProfile } from '../../identity/contract.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { readPaymentSettings } from '../payment-settings/payment-settings.ts';
import { cashierSessionEntity, openTillEntity, type StoredCashierSession } from './cashier-session-entity.ts';
import { cashierSessionClosed, tillDifferenceFound } from './cashier-session-events.ts';
import type { CashierSession, InTill } from './cashier-session-schema.ts';
import { readCount } from './read-count.ts';

type Count = Parameters<typeof readCount>[0];

/** @throws AppError `unprocessable` for a count that does not add up or a difference without a reason, `conflict` */
export async function closeCashierSession(
  session: TenantSession,
  id: string,
  { counted, reason }: { counted: Count; reason?: string | undefined },
  subject: string,
): Promise<StoredCashierSession> {
  const [settings, profile, countedBy] = await Promise.all([
    readPaymentSettings(session),
    tenantProfile(session),
    personBehind(session, subject),
  ]);
  const lines = readCount(counted, profile.currency);
  return retryOnChange(async () => {
    const till = await requireStatus(session, id, 'open');
    const differences = differencesOf(till, lines);
    if (differences.length > 0 && reason === undefined)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `The till differs by ${shown(differences)}: say why.`,
          ar: `يختلف الصندوق بمقدار ${shown(differences)}: اذكر السبب.`,
        },
      });
    const limit = minorOf(settings.differenceApprovalAbove, profile.currency);
    const needsApproval = differences.some(({ currency, amount }) => {
      const minor = minorOf(amount, currency);
      return currency !== profile.currency || (minor < 0n ? -minor : minor) > limit;
    });
    const counting = {
      counted: lines,
      differences,
      countedAt: session.context.now(),
      countedBy,
      ...(reason === undefined ? {} : { differenceReason: reason }),
    };
    if (needsApproval)
      return session.transact('billing', (unit) =>
        unit.update(cashierSessionEntity, till, { ...counting, status: 'counted' }),
      );
    return end(session, till, counting);
  });
}

/** A second person accepts the differences. @throws AppError `forbidden` for the cashier and for who counted */
export async function approveDifferences(
  session: TenantSession,
  id: string,
  subject: string,
): Promise<StoredCashierSession> {
  const approvedBy = await personBehind(session, subject);
  return retryOnChange(async () => {
    const till = await requireStatus(session, id, 'counted');
    if (till.cashierId === approvedBy || till.countedBy === approvedBy)
      throw new AppError('forbidden', undefined, {
        texts: {
          en: 'Neither the cashier nor who counted can accept the differences.',
          ar: 'لا يعتمد الفروق أمين الصندوق ولا من عدّه.',
        },
      });
    return end(session, till, { approvedBy });
  });
}

/** The till is to be counted again. */
export function reopenCount(session: TenantSession, id: string): Promise<StoredCashierSession> {
  return retryOnChange(async () => {
    const till = await requireStatus(session, id, 'counted');
    const empty = { counted: null, differences: null, differenceReason: null, countedAt: null, countedBy: null };
    return session.transact('billing', (unit) => unit.update(cashierSessionEntity, till, { ...empty, status: 'open' }));
  });
}

async function end(
  session: TenantSession,
  till: StoredCashierSession,
  changes: Partial<CashierSession>,
): Promise<StoredCashierSession> {
  const [cashier, desk] = await Promise.all([
    session.get(openTillEntity, { of: 'cashier', name: till.cashierId }, { consistent: true }),
    session.get(openTillEntity, { of: 'desk', name: till.desk }, { consistent: true }),
  ]);
  // Closed by somebody else in this very moment.
  if (cashier?.sessionId !== till.id || desk?.sessionId !== till.id) throw new AppError('version_conflict');
  return session.transact('billing', (unit) => {
    const closed = unit.update(cashierSessionEntity, till, {
      ...changes,
      status: 'closed',
      closedAt: session.context.now(),
    });
    for (const claim of [cashier, desk]) unit.delete(openTillEntity, claim);
    emitDifferences(unit, closed);
    unit.emit(cashierSessionClosed, { aggregateId: till.id, payload: closed });
    return closed;
  });
}

function emitDifferences(unit: UnitOfWork, closed: StoredCashierSession): void {
  const { id, sessionNumber, cashierId, differences = [], differenceReason = '', approvedBy } = closed;
  for (const difference of differences)
    unit.emit(tillDifferenceFound, {
      aggregateId: id,
      payload: {
        sessionId: id,
        sessionNumber,
        cashierId,
        ...difference,
        reason: differenceReason,
        ...(approvedBy === undefined ? {} : { approvedBy }),
      },
    });
}

function differencesOf({ expected }: CashierSession, counted: readonly InTill[]): InTill[] {
  const all = Map.groupBy([...expected, ...counted], ({ method, currency }) => `${method} ${currency}`);
  return [...all.values()].flatMap(([one]) => {
    const { method, currency } = one!;
    const sum = (lines: readonly InTill[]): bigint =>
      lines
        .filter((line) => line.method === method && line.currency === currency)
        .reduce((total, { amount }) => total + minorOf(amount, currency), 0n);
    const minor = sum(counted) - sum(expected);
    return minor === 0n ? [] : [{ method, currency, amount: amountOf(minor, currency) }];
  });
}

const shown = (differences: readonly InTill[]): string =>
  differences.map(({ method, amount, currency }) => `${method} ${amount} ${currency}`).join(', ');

async function requireStatus(
  session: TenantSession,
  id: string,
  wanted: CashierSession['status'],
): Promise<StoredCashierSession> {
  const till = await session.require(cashierSessionEntity, { id });
  if (till.status !== wanted)
    throw new AppError('conflict', undefined, {
      texts: { en: `The cashier session is ${till.status}.`, ar: `حالة جلسة الصندوق: ${till.status}.` },
    });
  return till;
}
