/** Engineering tokens: asked for with a reason, agreed to by a second person where the settings say so, and made once. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { personBehind } from '../../identity/contract.ts';
import { requireMeter } from '../../metering/contract.ts';
import { occupancyEntity } from '../supplies/supply-entity.ts';
import { makeNow, writeVend } from './request-vend.ts';
import { readPrepaidSettings } from './settings.ts';
import { type StoredVend, type VendRow, vendEntity } from './vend-entity.ts';
import type { TokenRequest } from './vend-schema.ts';
import { requireVendingMeter } from './vending-meter.ts';

/** @throws AppError `not_found`; `unprocessable` without vending settings */
export async function requestToken(session: TenantSession, request: TokenRequest, subject: string): Promise<VendRow> {
  await requireMeter(session, request.meterId);
  const [meter, settings, requestedBy] = await Promise.all([
    requireVendingMeter(session, request.meterId),
    readPrepaidSettings(session),
    personBehind(session, subject),
  ]);
  const { kind, meterId, reason, ...order } = request;
  const needsApproval = settings.approvalFor.includes(kind);
  const vend = await engineeringVend(session, {
    id: newId('vnd'),
    kind,
    meterId,
    meterNumber: meter.meterNumber,
    order,
    reason,
    requestedBy,
    status: needsApproval ? 'awaiting_approval' : 'requested',
  });
  const stored = await session.transact('billing', (unit) => writeVend(unit, vend));
  return needsApproval ? stored : makeNow(session, stored.id);
}

/** @throws AppError `forbidden` for who asked for it; `conflict` when it does not wait any more; `version_conflict` */
export async function approveToken(session: TenantSession, id: string, subject: string): Promise<VendRow> {
  const vend = await requireWaiting(session, id);
  const approvedBy = await personBehind(session, subject);
  if (approvedBy === vend.requestedBy)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على الطلب من قدّمه.' },
    });
  await session.transact('billing', (unit) => unit.update(vendEntity, vend, { status: 'requested', approvedBy }));
  return makeNow(session, id);
}

export async function rejectToken(session: TenantSession, id: string, outcome: string): Promise<VendRow> {
  const vend = await requireWaiting(session, id);
  return session.transact('billing', (unit) =>
    unit.update(vendEntity, vend, { status: 'rejected', outcome, endedAt: session.context.now() }),
  );
}

/** A key change is for the customer who has the meter to enter, and is sent to them; the other tokens are the technician’s. */
export async function engineeringVend(
  session: TenantSession,
  vend: Omit<StoredVend, 'attempts' | 'requestedAt'>,
): Promise<StoredVend> {
  const occupancy =
    vend.kind === 'key_change'
      ? await session.get(occupancyEntity, { meterId: vend.meterId }, { consistent: true })
      : undefined;
  const customerId = occupancy?.spans.find(({ to }) => to === undefined)?.customerId;
  return {
    ...vend,
    requestedAt: session.context.now(),
    attempts: 0,
    ...(customerId === undefined ? {} : { customerId }),
  };
}

async function requireWaiting(session: TenantSession, id: string): Promise<VendRow> {
  const vend = await session.require(vendEntity, { id });
  if (vend.status !== 'awaiting_approval')
    throw new AppError('conflict', undefined, {
      texts: { en: `The token is ${vend.status} already.`, ar: `حالة الرمز الآن: ${vend.status}.` },
    });
  return vend;
}
