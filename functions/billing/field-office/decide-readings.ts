/**
 * A person says which of a day’s readings stands, and metering follows: it takes that one in where it had refused it, and the
 * others out. The day stays contested until metering has followed, so a crash in between leaves it to be decided again:
 * a request’s key is done with its answer.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { followDecision, takeConfirmedReading } from '../../metering/contract.ts';
import { fieldReadingEntity, type MeterDay, meterDayEntity, standingOf } from '../mobile/reading-entity.ts';

const reason = 'Another reading of the day was confirmed.';

export async function confirmReading(
  session: TenantSession,
  id: string,
  { by, locale }: { by: string; locale: Locale },
): Promise<MeterDay> {
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
  await retryOnChange(async () => {
    const before = await session.require(meterDayEntity, { meterId, day });
    const candidates = before.candidates.map((candidate) =>
      candidate.id === id ? { ...candidate, isRefused: false } : candidate,
    );
    await session.transact('billing', (unit) =>
      unit.update(meterDayEntity, before, { confirmedId: id, candidates, isFollowed: false }),
    );
  });
  return retryOnChange(() => follow(session, { meterId, day }, by));
}

/** Of two who decide at once the later one counts: whoever finds the day changed follows it again as it is then. */
async function follow(
  session: TenantSession,
  key: Pick<MeterDay, 'meterId' | 'day'>,
  by: string,
): Promise<MeterDay & Stored> {
  const day = await session.require(meterDayEntity, key);
  const stands = standingOf(day)!;
  const falls = day.candidates.filter(
    ({ registerKwh, isRefused }) => !isRefused && Number(registerKwh) !== Number(stands.registerKwh),
  );
  const named = ({ takenAt, registerKwh }: MeterDay['candidates'][number]) => ({ time: takenAt, registerKwh });
  await followDecision(session, key.meterId, { stands: named(stands), falls: falls.map(named) }, { by, reason });
  return session.transact('billing', (unit) => unit.update(meterDayEntity, day, { isFollowed: true }));
}
