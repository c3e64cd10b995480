/**
 * Cash that was taken in the field becomes a payment: once, whatever is repeated. Payment, collection, receipt number and
 * the collector’s day are one transaction; what stands against it holds the collection for a person instead of losing it.
 */
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sayWhatIsWrong } from '../../../layers/kernel/errors/problem.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tillForPayment } from '../cashier-sessions/till-of-payment.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { type PaymentCompanion, recordPayment } from '../payments/record-payment.ts';
import { occupancyEntity } from '../supplies/supply-entity.ts';
import {
  type Collection,
  collectionEntity,
  collectorDayEntity,
  collectorLimitEntity,
  receiptNumberEntity,
} from './collection-entity.ts';
import { type FieldWorker, type Reason, rejected, sayReason, takenTime } from './field-context.ts';
import { fieldCollectionHeld } from './field-events.ts';
import { paymentReference } from './field-reference.ts';
import { earlierResult, logOperation, once } from './operation-log.ts';
import type { OperationOf, OperationResult } from './operation-schema.ts';
import { requireOwnRoute, type StoredRoute, stopEntity } from './route-entity.ts';

/** Ends a recording; the collection is held then. */
class Held extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

export async function applyCollection(
  worker: FieldWorker,
  operation: OperationOf<'collection'>,
): Promise<OperationResult> {
  const { session, userId, mayCollect } = worker;
  const { id, routeId, meterId, customerId, amount, receiptNumber, time, gps, note } = operation;
  if (!mayCollect) return rejected(worker, id, 'forbidden');
  const route = await ownRoute(worker, routeId);
  const { takenAt, clockDoubt } = takenTime(worker, time, route?.createdAt);
  const collection: Collection = {
    id: derivedId('fcl', Date.parse(takenAt), `${session.tenantId} ${userId} ${id}`),
    operationId: id,
    collectorId: userId,
    routeId,
    meterId,
    customerId,
    amount,
    currency: operation.currency ?? worker.currency,
    receiptNumber,
    takenAt,
    deviceTime: time,
    ...(clockDoubt === undefined ? {} : { clockDoubt }),
    status: 'recorded',
    ...(gps === undefined ? {} : { gps }),
    ...(note === undefined ? {} : { note }),
  };
  try {
    if (route === undefined || !(await isAtStop(worker, collection))) throw new Held('customer_not_at_meter');
    return await once(session, userId, id, () => record(worker, collection));
  } catch (error) {
    if (error instanceof Held) return hold(worker, collection, error.reason, '');
    if (isAppError(error) && ['unprocessable', 'not_found', 'conflict'].includes(error.code))
      return hold(worker, collection, 'not_payable', sayWhatIsWrong(error, worker.locale));
    throw error;
  }
}

async function record(worker: FieldWorker, collection: Collection): Promise<OperationResult> {
  const { session } = worker;
  const { customerId, amount, currency, takenAt, note, receiptNumber } = collection;
  let result: OperationResult | undefined;
  // The till the collector has open, if any; where cash needs one, a person looks at what came without.
  const intoTill = await tillForPayment(session, worker.userId, { method: 'cash' });
  await recordPayment(
    session,
    {
      customerId,
      amount,
      currency,
      method: 'cash',
      externalReference: paymentReference(collection),
      receivedAt: takenAt,
      note: note ?? `Receipt ${receiptNumber}`,
    },
    {
      accompany: async () => {
        const [countOwn, till] = [await countToday(worker, collection), await intoTill()];
        return {
          ...(till.attributes === undefined ? {} : { attributes: till.attributes }),
          write: (unit, payment) => {
            countOwn(unit, payment);
            till.write?.(unit, payment);
            unit.create(collectionEntity, { ...collection, paymentId: payment.id });
            unit.create(receiptNumberEntity, { receiptNumber, collectionId: collection.id });
            result = {
              id: collection.operationId,
              status: 'applied',
              made: { collectionId: collection.id, paymentId: payment.id },
              server: { paymentNumber: payment.paymentNumber },
              time: takenAt,
            };
            logOperation(unit, worker, result);
          },
        };
      },
      // The cash is here, whatever became of the invoices since.
      isLate: true,
    },
  );
  return result!;
}

/** @throws Held above a limit, or when the receipt’s number is taken */
async function countToday(
  { session, userId, timeZone }: FieldWorker,
  { currency, amount, takenAt, receiptNumber }: Collection,
): Promise<NonNullable<PaymentCompanion['write']>> {
  const day = localDate(Date.parse(takenAt), timeZone);
  const key = { userId, day, currency };
  const [limit, today, receipt] = await Promise.all([
    session.get(collectorLimitEntity, { userId, currency }),
    session.get(collectorDayEntity, key, { consistent: true }),
    session.get(receiptNumberEntity, { receiptNumber }, { consistent: true }),
  ]);
  if (receipt !== undefined) throw new Held('receipt_number_used');
  const minor = minorOf(amount, currency);
  const total = BigInt(today?.minor ?? '0') + minor;
  const isOver = (text: string | undefined, sum: bigint) => text !== undefined && sum > minorOf(text, currency);
  if (isOver(limit?.perCollection, minor) || isOver(limit?.perDay, total)) throw new Held('over_limit');
  return (unit) => {
    if (today === undefined) unit.create(collectorDayEntity, { ...key, minor: String(total) });
    else unit.update(collectorDayEntity, today, { minor: String(total) }, { isAudited: false });
  };
}

async function ownRoute({ session, userId }: FieldWorker, routeId: string): Promise<StoredRoute | undefined> {
  try {
    return await requireOwnRoute(session, userId, routeId, { orFormer: true });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

async function isAtStop({ session }: FieldWorker, { routeId, meterId, customerId }: Collection): Promise<boolean> {
  const [stop, occupancy] = await Promise.all([
    session.get(stopEntity, { routeId, meterId }, { consistent: true }),
    session.get(occupancyEntity, { meterId }, { consistent: true }),
  ]);
  return stop !== undefined && occupancy?.spans.some((span) => span.customerId === customerId) === true;
}

function hold(worker: FieldWorker, collection: Collection, reason: Reason, detail: string): Promise<OperationResult> {
  const { session, userId, locale } = worker;
  const held: Collection = { ...collection, status: 'held', heldFor: reason };
  const result: OperationResult = {
    id: collection.operationId,
    status: 'conflict',
    rule: 'cash_is_never_dropped',
    reason,
    message: sayReason(reason, locale, { detail }),
    made: { collectionId: collection.id },
    time: collection.takenAt,
  };
  return retryOnChangeOrMade(async () => {
    const earlier = await earlierResult(session, userId, collection.operationId);
    if (earlier !== undefined) return earlier;
    return session.transact('billing', (unit) => {
      unit.create(collectionEntity, held);
      unit.emit(fieldCollectionHeld, { aggregateId: held.id, payload: held });
      logOperation(unit, worker, result);
      return result;
    });
  });
}

/** What the office answers when it decides twice. */
export const alreadyDecided = (): AppError =>
  new AppError('conflict', undefined, {
    texts: { en: 'It was decided already.', ar: 'سبق البت فيها.' },
  });
