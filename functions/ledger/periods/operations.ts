/** What can be done with periods. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { problemsOfClosing } from './close-checks.ts';
import { closePeriod, reopenPeriod } from './close-period.ts';
import { closeYear } from './close-year.ts';
import { openPeriod } from './open-period.ts';
import { periodEntity } from './period-entity.ts';
import { readPeriods } from './read-periods.ts';
import type { periods } from './routes.ts';

export const periodOperations: Operations<typeof periods.routes> = {
  listPeriods: async ({ session, query: { status, fiscalYear } }) => ({
    data: (await readPeriods(session))
      .filter(
        (period) =>
          (status === undefined || period.status === status) &&
          (fiscalYear === undefined || period.fiscalYear === fiscalYear),
      )
      .reverse(),
  }),

  openPeriod: async ({ session, body }) => ({ data: await openPeriod(session, body.id) }),

  closeFiscalYear: async ({ session, body }) => ({ data: await closeYear(session, body.fiscalYear) }),

  getPeriod: async ({ session, params }) => ({ data: await session.require(periodEntity, { id: params.id }) }),

  checkPeriod: async ({ session, params }) => {
    await session.require(periodEntity, { id: params.id });
    const problems = await problemsOfClosing(session, params.id, { withWarnings: true });
    return {
      data: {
        canClose: problems.every(({ isWarning = false }) => isWarning),
        problems: problems.map(({ check, message, ids, isWarning = false }) => ({
          check,
          message: message.en,
          messageAr: message.ar,
          ids,
          isWarning,
        })),
      },
    };
  },

  closePeriod: async ({ session, params }) => ({ data: await closePeriod(session, params.id) }),

  reopenPeriod: async ({ session, params, body }) => ({ data: await reopenPeriod(session, params.id, body.reason) }),

  getPeriodHistory: readHistory(periodEntity),
};
