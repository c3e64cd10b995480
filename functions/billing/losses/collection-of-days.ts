/** The collection rate of the days of a loss report, where they are whole months that the collection was reported on. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { collectionOfMonth } from '../reports/show-overview.ts';
import type { Period } from './area-meters.ts';
import { wholeMonth } from './report-days.ts';

export interface CollectionOfDays {
  ratePercent: string;
  reportId: string;
}

/** For each row of days, in the tenant's currency; undefined where nothing was reported or billed. */
export async function ratesOf(
  session: TenantSession,
  rows: readonly Period[],
): Promise<(CollectionOfDays | undefined)[]> {
  const { currency } = await tenantProfile(session);
  return Promise.all(
    rows.map(async (days) => {
      const month = wholeMonth(days);
      if (month === undefined) return undefined;
      const own = (await collectionOfMonth(session, month)).find((each) => each.currency === currency);
      return own?.ratePercent == null ? undefined : { ratePercent: own.ratePercent, reportId: own.reportId };
    }),
  );
}
