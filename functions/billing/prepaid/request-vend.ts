/**
 * Sells energy to a prepaid supply: takes the money and asks for the token in one transaction, then makes it. A payment makes
 * one token for ever, since the token's id follows from the payment's.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type RecordOptions, recordPayment } from '../payments/record-payment.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { advanceVend } from './advance-vend.ts';
import { pricePurchase } from './price-purchase.ts';
import {
  type StoredVend,
  type VendListing,
  type VendRow,
  vendEntity,
  vendIdOf,
  vendListingEntity,
} from './vend-entity.ts';
import { partsOf, shownVend } from './vend-payload.ts';
import { orderVend } from './vend-queue.ts';
import type { Quote, Vend, VendOrder } from './vend-schema.ts';
import { requireVendingMeter, vendingMeterEntity } from './vending-meter.ts';

/**
 * What an amount buys at this moment; nothing is set aside.
 * @param order `amount`: decimal text in the tariff's currency
 * @throws AppError `not_found`; `unprocessable` when it buys nothing or is beyond a limit
 */
export async function quoteVend(session: TenantSession, order: { supplyId: string; amount: string }): Promise<Quote> {
  const { supply, meter, priced } = await pricePurchase(session, order);
  return { ...partsOf(priced), supplyId: supply.id, meterNumber: meter.meterNumber };
}

/**
 * Records the payment and makes its token. `accompany` is what belongs to the payment beyond, such as the till it goes into. Needs what `platform/contract.ts` says of calling providers, and the queue.
 * @returns the token, in groups of four digits, or how far it is: the queue goes on with it
 * @throws AppError as `quoteVend`, and `already_exists` for a reference that was used; afterwards it does not throw any more
 */
export async function requestVend(
  session: TenantSession,
  order: VendOrder,
  { accompany }: Pick<RecordOptions, 'accompany'> = {},
): Promise<Vend> {
  const { supply, priced } = await pricePurchase(session, order);
  const payment = await recordPayment(
    session,
    {
      customerId: supply.customerId,
      amount: order.amount,
      currency: priced.currency,
      method: order.method,
      purpose: 'prepaid',
      supplyId: supply.id,
      ...(order.externalReference === undefined ? {} : { externalReference: order.externalReference }),
    },
    {
      accompany: async () => {
        const [meter, more] = await Promise.all([requireVendingMeter(session, supply.meterId), accompany?.()]);
        return {
          ...(more?.attributes === undefined ? {} : { attributes: more.attributes }),
          write: (unit, made) => {
            more?.write?.(unit, made);
            writePaidVend(unit, session, made, supply.meterId, meter.meterNumber);
          },
        };
      },
    },
  );
  return shownVend(await makeNow(session, vendIdOf(payment.id)), { withTokens: true });
}

/** The month's free units by themselves. @throws AppError `unprocessable` when there are none or they were given */
export async function requestFreeUnits(session: TenantSession, supplyId: string): Promise<Vend> {
  const { supply, meter, account } = await pricePurchase(session, { supplyId, amount: undefined });
  const id = derivedId('vnd', Date.parse(`${account.month}-01T00:00:00Z`), `free ${supplyId} ${account.month}`);
  await retryOnChangeOrMade(async () => {
    const known = await session.get(vendEntity, { id }, { consistent: true });
    if (known === undefined)
      await session.transact('billing', (unit) =>
        writeVend(unit, {
          id,
          kind: 'free_units',
          status: 'requested',
          meterId: supply.meterId,
          meterNumber: meter.meterNumber,
          supplyId,
          customerId: supply.customerId,
          requestedAt: session.context.now(),
          attempts: 0,
        }),
      );
    else if (known.status === 'failed')
      // What failed without money may be asked for again.
      await session.transact('billing', (unit) => unit.update(vendEntity, known, { status: 'requested', attempts: 0 }));
  });
  return shownVend(await makeNow(session, id), { withTokens: true });
}

/** Asks for the token of a payment that came otherwise: by a gateway, at the bank. May be repeated. */
export async function vendForPayment(session: TenantSession, paymentId: string): Promise<void> {
  const payment = await session.require(paymentEntity, { id: paymentId });
  if (payment.purpose !== 'prepaid' || payment.supplyId === undefined || payment.status !== 'received') return;
  const id = vendIdOf(paymentId);
  if ((await session.get(vendEntity, { id }, { consistent: true })) === undefined) {
    const supply = await session.require(supplyEntity, { id: payment.supplyId });
    const meter = await session.get(vendingMeterEntity, { meterId: supply.meterId }, { consistent: true });
    try {
      await session.transact('billing', (unit) =>
        writePaidVend(unit, session, payment, supply.meterId, meter?.meterNumber ?? ''),
      );
    } catch (error) {
      if (!(isAppError(error) && error.code === 'already_exists')) throw error;
    }
  }
  await orderVend(session, id);
}

/** A customer's tokens, the newest first, in groups of four digits. @throws AppError `not_found` for a cursor of another list */
export async function listVends(
  session: TenantSession,
  customerId: string,
  page: { limit: number; cursor?: string | undefined } = { limit: 50 },
): Promise<Page<Vend>> {
  const { items, nextCursor } = await vendsOf(session, `customer/${customerId}`, page);
  return { items: items.map((vend) => shownVend(vend, { withTokens: true })), nextCursor };
}

/** @param owner `customer/…` or `meter/…` */
export async function vendsOf(
  session: TenantSession,
  owner: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<VendRow>> {
  const { items, nextCursor } = await session.query<VendListing & Stored>(vendListingEntity, {
    pk: ['VENDS-OF', owner],
    order: 'descending',
    ...page,
  });
  const found = await session.getMany(
    vendEntity,
    items.map(({ id }) => ({ id })),
  );
  const byId = new Map(found.map((vend) => [vend.id, vend]));
  return { items: items.flatMap(({ id }) => byId.get(id) ?? []), nextCursor };
}

/** The token with its listings. */
export function writeVend(unit: UnitOfWork, vend: StoredVend): VendRow {
  const owners = [`meter/${vend.meterId}`, ...(vend.customerId === undefined ? [] : [`customer/${vend.customerId}`])];
  for (const owner of owners) unit.put(vendListingEntity, { owner, id: vend.id });
  return unit.create(vendEntity, vend);
}

function writePaidVend(
  unit: UnitOfWork,
  session: TenantSession,
  { id: paymentId, customerId, supplyId, amount, currency }: Payment,
  meterId: string,
  meterNumber: string,
): void {
  writeVend(unit, {
    id: vendIdOf(paymentId),
    kind: 'credit',
    status: 'requested',
    meterId,
    meterNumber,
    customerId,
    paymentId,
    amount,
    currency,
    ...(supplyId === undefined ? {} : { supplyId }),
    ...(session.context.actor === undefined ? {} : { requestedBy: session.context.actor.id }),
    requestedAt: session.context.now(),
    attempts: 0,
  });
}

/** The order stands and is gone on with by the queue whatever happens now, so the answer is how far it came. */
export async function makeNow(session: TenantSession, id: string): Promise<VendRow> {
  try {
    return await advanceVend(session.afterwards(), id);
  } catch (error) {
    logger.error('token not made at once', { vendId: id, error: error as Error });
    await orderVend(session, id, 15).catch(() => undefined);
    return session.require(vendEntity, { id });
  }
}
