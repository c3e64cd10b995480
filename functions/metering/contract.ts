/** What other domains may use of metering: meters, consumption to bill, and the way in for messages of devices. */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import type { Locale } from '../../layers/kernel/i18n/locale.ts';
import { newId } from '../../layers/kernel/ids.ts';
import type { ConsumptionFlag } from '../../layers/metering/consumption.ts';
import { fromUnits } from '../../layers/metering/register.ts';
import { takeDeviceEvents } from './device-events/take-device-events.ts';
import type { DeviceMessage } from './ingest/device-message.ts';
import { ingestMessages } from './ingest/ingest-messages.ts';
import { meterEntity } from './meters/meter-entity.ts';
import type { Meter } from './meters/meter-schema.ts';
import { type BillingEvidence, billingEvidence } from './readings/billing-evidence.ts';
import { isBillable, measure } from './readings/consumption-of-meter.ts';
import { type ExpectedReading, expectedReading } from './readings/expected-reading.ts';
import { readMoment, readNeighbour, readRange } from './readings/readings-store.ts';
import type { RegisterUsage } from './readings/registers-of-meter.ts';
import { type UsageOfMoment, usageKnownAt } from './readings/usage-known-at.ts';
import { type BucketUsage, usageOfMeter } from './readings/usage-of-meter.ts';
import { reachMs, toldAround, toldBy } from './readings/wider-readings.ts';

export { answerTo } from './device-events/command-answer.ts';
export type { Meter } from './meters/meter-schema.ts';

/** Refuses a meter the tenant does not have: `not_found`. Needs read access to table `metering`. */
export function requireMeter(session: TenantSession, meterId: string): Promise<Meter> {
  return session.require(meterEntity, { id: meterId });
}

/** Meters by id; those the tenant does not have are missing. Needs read access to table `metering`. */
export async function metersById(session: TenantSession, meterIds: readonly string[]): Promise<Map<string, Meter>> {
  const meters = await session.getMany(
    meterEntity,
    [...new Set(meterIds)].map((id) => ({ id })),
  );
  return new Map(meters.map((meter) => [meter.id, meter]));
}

export interface MeteredConsumption {
  /** Decimal kilowatt-hours of primary energy; null when no reading tells anything about the period. */
  energyKwh: string | null;
  /** Whether a register was interpolated at an edge. */
  estimated: boolean;
  /** Whether readings reach from one edge to the other. */
  complete: boolean;
  /** Whether a bill can stand on it: complete, and no energy left out. */
  billable: boolean;
  flags: ConsumptionFlag[];
}

/** Consumption between two moments (milliseconds). Needs read access to tables `metering` and `readings`. */
export async function consumptionBetween(
  session: TenantSession,
  meterId: string,
  fromMs: number,
  toMs: number,
): Promise<MeteredConsumption> {
  const meter = await requireMeter(session, meterId);
  const [whole] = await measure(session, meter, [{ start: fromMs, end: toMs }]);
  const { energy, estimated, complete, flags } = whole!;
  return {
    energyKwh: energy === undefined ? null : fromUnits(energy),
    estimated,
    complete,
    billable: isBillable(whole!),
    flags,
  };
}

export { type BucketUsage, measuredValues } from './readings/usage-of-meter.ts';

/**
 * Energies taken, fed in and reactive, by buckets (milliseconds, in order, without gaps). Needs read access to tables
 * `metering` and `readings`. @throws AppError `not_found`
 */
export async function usageBetween(
  session: TenantSession,
  meterId: string,
  buckets: readonly { start: number; end: number }[],
): Promise<BucketUsage[]> {
  return usageOfMeter(session, await requireMeter(session, meterId), buckets);
}

export type { RegisterUsage } from './readings/registers-of-meter.ts';

/** What the meter's own registers of rates and of demand tell, by buckets like `usageBetween`. Needs the same. @throws AppError `not_found` */
export async function registersBetween(
  session: TenantSession,
  meterId: string,
  buckets: readonly { start: number; end: number }[],
  codes: readonly string[],
): Promise<RegisterUsage> {
  const { registersOfMeter } = await import('./readings/registers-of-meter.ts');
  return registersOfMeter(session, await requireMeter(session, meterId), buckets, codes);
}

export type { BillingEvidence } from './readings/billing-evidence.ts';

/** Energies by buckets like `usageBetween`, with what speaks for and against them. Needs the same. @throws AppError `not_found` */
export async function evidenceBetween(
  session: TenantSession,
  meterId: string,
  buckets: readonly { start: number; end: number }[],
): Promise<BillingEvidence> {
  return billingEvidence(session, await requireMeter(session, meterId), buckets);
}

export type { UsageOfMoment } from './readings/usage-known-at.ts';

/**
 * Energies by buckets as readings told them at a moment (milliseconds), each reading with its message, and what came after.
 * Needs read access to tables `metering` and `readings`. @throws AppError `not_found`
 */
export async function evidenceKnownAt(
  session: TenantSession,
  meterId: string,
  buckets: readonly { start: number; end: number }[],
  knownMs: number,
): Promise<UsageOfMoment> {
  return usageKnownAt(session, await requireMeter(session, meterId), buckets, knownMs);
}

/**
 * How far readings between two moments (milliseconds, inclusive) reach: the curve of consumption follows from them up to their
 * neighbours on both sides, and so much further as registers are looked for that the neighbours lack: bills after it look back to the
 * last reading that told of an energy. Needs read access to tables `metering` and `readings`.
 */
export async function reachOfReadings(
  session: TenantSession,
  meterId: string,
  fromMs: number,
  toMs: number,
): Promise<{ fromMs: number; toMs: number }> {
  const [before, after, ...edges] = await Promise.all([
    readNeighbour(session, meterId, 'before', fromMs, monthsReached),
    readNeighbour(session, meterId, 'after', toMs + 1, monthsReached),
    ...[...new Set([fromMs, toMs])].map((timeMs) => readMoment(session, meterId, timeMs)),
  ]);
  // Also of what does not count any more.
  const told = toldBy(edges.flatMap(({ readings }) => readings.map(({ reading }) => reading)));
  const around = await toldAround(told, { beforeMs: fromMs, fromMs: toMs + 1 }, (range) =>
    readRange(session, meterId, range),
  );
  return {
    fromMs: Math.min((before?.timeMs ?? fromMs) - reachMs, around.before ?? fromMs),
    toMs: Math.max((after?.timeMs ?? toMs) + reachMs, around.after ?? toMs),
  };
}

/** As far as consumption looks for a neighbour. */
const monthsReached = 6;

export interface HandedInMessage {
  /** As it would be published: `acrel/{station}/meter/{id}/data`, `…/alert`, `…/status`, `acrel/{station}/infrastructure/{id}/data`. */
  topic: string;
  payload: unknown;
  /** Same for every delivery of the message. @default a new one */
  id?: string;
  receivedMs: number;
  /** Who sent it, for the record. */
  clientId: string;
}

/**
 * Takes in messages that came otherwise than by MQTT, e.g. by a provider's webhook, exactly as if they had. What is
 * refused is kept as a rejected reading. The tenant follows from the topic's station: check first that it is the
 * sender's. Needs `readWrite` on `metering`, `write` on `readings` and `read` on `scada`.
 * @returns whether all is finished; otherwise give the messages again
 */
export async function takeInMessages(messages: readonly HandedInMessage[]): Promise<boolean> {
  const all = messages.map(
    ({ payload, id, ...rest }): DeviceMessage => ({
      ...rest,
      id: id ?? newId('msg'),
      data: Buffer.from(JSON.stringify(payload)).toString('base64'),
    }),
  );
  const isReading = ({ topic }: DeviceMessage): boolean => /\/meter\/[^/]+\/data$/.test(topic);
  const [readings, events] = [all.filter(isReading), all.filter((message) => !isReading(message))];
  const unfinished = await Promise.all([ingestMessages(readings), takeDeviceEvents(events)]);
  return unfinished.every(({ size }) => size === 0);
}

export type { ExpectedReading } from './readings/expected-reading.ts';
export { isExpected } from './readings/expected-reading.ts';

/** What each meter showed last and what it should show now; those the tenant does not have are missing. Needs read access to tables `metering` and `readings`. */
export async function expectedReadings(
  session: TenantSession,
  meters: readonly Meter[],
  atMs: number,
): Promise<Map<string, ExpectedReading>> {
  const found = await Promise.all(meters.map((meter) => expectedReading(session, meter, atMs)));
  return new Map(meters.map(({ id }, i) => [id, found[i]!]));
}

/** A reading that a person took at the meter with the field app. */
export interface FieldReading {
  meterId: string;
  /** ISO 8601, UTC. */
  time: string;
  /** Decimal kilowatt-hours. */
  registerKwh: string;
  exportRegisterKwh?: string | undefined;
  /** Decimal kilowatt-hours by OBIS code. */
  registers?: Record<string, string> | undefined;
}

/**
 * Takes in a reading of field staff (source `mobile`), judged like any other. Given again, it changes nothing. Needs
 * `readWrite` on `metering`, `write` on `readings`.
 * @returns why it was refused, in the reader's language, or undefined when it was taken
 * @throws AppError `unavailable` when it could not be stored for now
 */
export async function takeFieldReading(
  session: TenantSession,
  reading: FieldReading,
  locale: Locale,
): Promise<{ reason: string; message: string } | undefined> {
  const { addReadings } = await import('./readings/add-readings.ts');
  const { exportRegisterKwh, registers, ...rest } = reading;
  const { data } = await addReadings(session, {
    readings: [
      {
        ...rest,
        ...(exportRegisterKwh === undefined ? {} : { exportRegisterKwh }),
        ...(registers === undefined ? {} : { registers }),
      },
    ],
    source: 'mobile',
    locale,
  });
  const [result] = data.results;
  return result?.status === 'rejected'
    ? { reason: result.reason!, message: `${result.message} ${result.detail ?? ''}`.trim() }
    : undefined;
}

/**
 * Takes in a reading that a person stands by although metering had refused it: others are checked against it from now on.
 * Needs `readWrite` on `metering`, `write` on `readings`. @returns why it cannot be, or undefined
 * @throws AppError `unprocessable` for a register the device cannot show
 */
export async function takeConfirmedReading(session: TenantSession, reading: FieldReading, locale: Locale) {
  const { setReference } = await import('./meters/set-reference.ts');
  await setReference(session, reading.meterId, reading.time, reading.registerKwh);
  return takeFieldReading(session, reading, locale);
}

/** Loaded with the first decision. */
export const followDecision: typeof import('./reading-edits/follow-decision.ts').followDecision = async (...given) =>
  (await import('./reading-edits/follow-decision.ts')).followDecision(...given);

/** Multipliers and exchanges between a register and the energy of a bill. */
export { type CountedWith, countedWith } from './readings/counted-with.ts';
export type { RegisterReading } from './readings/register-at.ts';
/** The last reading at or before a moment as it stood at another, both milliseconds. Needs read access to tables `metering`, `readings` and `identity`. */
export { registerAt } from './readings/register-at.ts';
