/** When a policy switches nobody off: at night, on days of rest and before them, when nobody could pay and be connected again. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate, localTime } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { readPolicy, type SparedTimes } from './policy.ts';

/** 1 for Monday to 7 for Sunday, as ISO 8601 counts. */
const weekdayOf = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

export function isSpared(nowMs: number, spared: SparedTimes | undefined, timeZone: string): boolean {
  if (spared === undefined) return false;
  const { weekdays, days, dayBefore, hours } = spared;
  const isFree = (day: string): boolean => weekdays.includes(weekdayOf(day)) || days.includes(day);
  const day = localDate(nowMs, timeZone);
  if (isFree(day) || (dayBefore && isFree(addDays(day, 1)))) return true;
  if (hours === undefined) return false;
  const { hour, minute } = localTime(nowMs, timeZone);
  const present = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  return present < hours.from || present >= hours.to;
}

export async function isSparedNow(session: TenantSession): Promise<boolean> {
  const [{ spared }, { timeZone }] = await Promise.all([readPolicy(session), tenantProfile(session)]);
  return isSpared(Date.parse(session.context.now()), spared, timeZone);
}
