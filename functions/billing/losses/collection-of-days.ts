/**
 * The collection rate of the days of a loss report, where they are whole months whose collection was reported on after
 * they ended.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { collectionOfMonth } from '../reports/show-overview.ts';
import type { Period } from './area-meters.ts';
import { wholeMonth } from './report-days.ts';

export interface CollectionOfDays {
  ratePercent: string;
  reportId: string;
}

/** For each row of days, in the tenant's currency; undefined where nothing was reported since the month ended, or billed. */
export async function ratesOf(
  session: TenantSession,
  keepReportsDays: number,
  rows: readonly Period[],
): Promise<(CollectionOfDays | undefined)[]> {
  const { currency, timeZone } = await tenantProfile(session);
  return Promise.all(
    rows.map(async (days) => {
      const month = wholeMonth(days);
      if (month === undefined) return undefined;
      const own = (await collectionOfMonth(session, keepReportsDays, month)).find((each) => each.currency === currency);
      if (own?.ratePercent == null) return undefined;
      // Whoever asked within the month was told of its days so far.
      if (Date.parse(own.reportedAt) < dayStart(days.to, timeZone)) return undefined;
      return { ratePercent: own.ratePercent, reportId: own.reportId };
    }),
  );
}
