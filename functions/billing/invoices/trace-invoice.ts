/**
 * Follows an invoice back: line, quantity, intervals, readings, messages. What was
 * measured is worked out anew from the readings known at issue, and said whether it comes to what was billed.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { evidenceKnownAt, type UsageOfMoment } from '../../metering/contract.ts';
import { versionsAlong } from '../supplies/tariff-timeline.ts';
import { versionsOnce } from '../tariffs/tariff-entity.ts';
import { pricedAsOf } from './bills-anew.ts';
import { invoiceEntity, madeAtOf, type StoredInvoice } from './invoice-entity.ts';
import type { SuppliedBill } from './invoice-schema.ts';
import { estimatesOf, type MeasuredUnits, tracedIntervals } from './trace-intervals.ts';
import { rowsFor } from './trace-rows.ts';
import type { InvoiceTrace, TracedBill } from './trace-schema.ts';
import { finenessOf, usageBuckets } from './usage-buckets.ts';

export interface TraceQuestion {
  supplyId?: string | undefined;
  /** Local days; `to` is inclusive. Narrow intervals and readings, not what is billed. */
  from?: string | undefined;
  to?: string | undefined;
}

/** Intervals and readings one answer holds at most, and one day at least: about a megabyte. */
const longestAnswer = 4000;
/** Bills whose evidence is held in memory together. */
const atATime = 4;

export async function traceInvoice(session: TenantSession, id: string, asked: TraceQuestion): Promise<InvoiceTrace> {
  if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to)
    throw new AppError('unprocessable', undefined, {
      texts: { en: '`from` is after `to`.', ar: 'يقع `from` بعد `to`.' },
    });
  const [invoice, { timeZone }] = await Promise.all([session.require(invoiceEntity, { id }), tenantProfile(session)]);
  const bills: TracedBill[] = [];
  let room = longestAnswer;
  const wanted = invoice.bills.filter(({ supplyId }) => asked.supplyId === undefined || supplyId === asked.supplyId);
  const versions = versionsOnce(session, pricedAsOf(invoice));
  for (let done = 0; done < wanted.length; done += atATime) {
    const some = wanted.slice(done, done + atATime);
    const evidences = await Promise.all(
      some.map((supplied) => evidenceOf(session, supplied, invoice, timeZone, versions)),
    );
    some.forEach((supplied, i) => {
      const evidence = evidences[i]!;
      const { intervals, measured } = tracedIntervals(supplied, evidence);
      const rows = rowsFor({ ...evidence, intervals }, supplied.bill, asked, timeZone, room);
      room -= rows.intervals.length + rows.readings.length + rows.later.length;
      bills.push({ ...summaryOf(supplied, evidence, measured), ...rows });
    });
  }
  return {
    invoiceId: id,
    invoiceNumber: invoice.invoiceNumber,
    kind: invoice.kind,
    issuedAt: invoice.createdAt,
    bills,
  };
}

/** Reads what was known of the meter in the days of a bill when it was issued, as fine as its tariff of then needed it. */
async function evidenceOf(
  session: TenantSession,
  supplied: SuppliedBill,
  invoice: StoredInvoice,
  timeZone: string,
  versionsOf: (tariffId: string) => Promise<TariffVersion[]>,
): Promise<UsageOfMoment> {
  const { meterId, bill } = supplied;
  const versions = await versionsAlong(supplied, bill, versionsOf);
  const buckets = usageBuckets(finenessOf(versions), bill, timeZone);
  return evidenceKnownAt(session, meterId, buckets, Date.parse(madeAtOf(supplied, invoice)));
}

function summaryOf(supplied: SuppliedBill, { devices, usageEdits }: UsageOfMoment, measured: MeasuredUnits) {
  const { supplyId, meterId, bill, estimatedKwh } = supplied;
  return {
    supplyId,
    meterId,
    devices: devices.map(({ serialNumber, installedAt, initialRegisterKwh, removedAt, finalRegisterKwh }) => ({
      serialNumber,
      ...(installedAt === undefined ? {} : { installedAt }),
      ...(initialRegisterKwh === undefined ? {} : { initialRegisterKwh }),
      ...(removedAt === undefined ? {} : { removedAt }),
      ...(finalRegisterKwh === undefined ? {} : { finalRegisterKwh }),
    })),
    period: { from: bill.from, to: bill.to },
    lines: bill.lines.map(({ code, kind, from, to, quantity, unit, amount }) => ({
      code,
      kind,
      from,
      to,
      quantity,
      unit,
      amount,
      standsOn: standsOn(kind, unit),
    })),
    billed: { importKwh: bill.importKwh, estimatedKwh },
    measuredKwh: fromUnits(measured.taken),
    agrees:
      measured.taken + unitsOf(estimatedKwh) === unitsOf(bill.importKwh) &&
      measured.fedIn === unitsOf(bill.exportKwh) &&
      measured.reactive === unitsOf(bill.reactiveKvarh),
    estimates: estimatesOf(supplied),
    usageEdits,
  };
}

const unitsOf = (kwh: string): bigint => BigInt(toUnits(kwh)!);

function standsOn(kind: string, unit: string): TracedBill['lines'][number]['standsOn'] {
  if (kind === 'demand') return 'demand';
  if (unit === 'kvarh') return 'reactive_energy';
  if (unit !== 'kWh') return 'other';
  return kind === 'export' ? 'energy_fed_in' : 'energy_taken';
}
