/** A person says which of a day’s readings stands; metering follows where it had refused that one. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { takeConfirmedReading } from '../../metering/contract.ts';
import { fieldReadingEntity, type MeterDay, meterDayEntity } from '../mobile/reading-entity.ts';

export async function confirmReading(session: TenantSession, id: string, locale: Locale): Promise<MeterDay> {
  const reading = await session.require(fieldReadingEntity, { id });
  const { meterId, day, takenAt, registerKwh, exportRegisterKwh, registers } = reading;
  if (registerKwh === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'Nothing was read on this visit.', ar: 'لم يُقرأ شيء في هذه الزيارة.' },
    });
  if (reading.refusal !== undefined) {
    const refusal = await takeConfirmedReading(
      session,
      { meterId, time: takenAt, registerKwh, exportRegisterKwh, registers },
      locale,
    );
    if (refusal !== undefined) throw new AppError('unprocessable', refusal.message);
  }
  return retryOnChange(async () => {
    const before = await session.require(meterDayEntity, { meterId, day });
    const candidates = before.candidates.map((candidate) =>
      candidate.id === id ? { ...candidate, isRefused: false } : candidate,
    );
    return session.transact('billing', (unit) => unit.update(meterDayEntity, before, { confirmedId: id, candidates }));
  });
}
