/** Lambda entry of `/api/billing/loss-areas`. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { claimInputs } from './area-inputs.ts';
import { assignedMeters } from './area-meters.ts';
import { assignMeters } from './assign-meters.ts';
import { checkArea, refuseInUse, refuseTwoLists } from './check-area.ts';
import { type LossArea, lossAreaEntity, lossAreas } from './loss-area-entity.ts';
import { lossReportOperations } from './loss-report-operations.ts';
import { lossAreaRoutes } from './routes.ts';

export const handler = serve(
  lossAreaRoutes,
  {
    ...crudOperations({
      singular: 'LossArea',
      plural: 'LossAreas',
      entity: lossAreaEntity,
      list: { index: 'gsi1', pk: lossAreas },
      make: (body): LossArea => ({ ...body, id: newId('lar') }),
      onCreate: async (unit, area, { session }) => {
        await checkArea(session!, unit, area);
        await claimInputs(session!, unit, area, undefined);
      },
      onUpdate: async (unit, after, before, { session }) => {
        await checkArea(session!, unit, after);
        await claimInputs(session!, unit, after, before);
        if (after.networkElementId !== undefined && before.networkElementId === undefined)
          await refuseTwoLists(session!, before.id);
      },
      onDelete: async (unit, area, { session }) => {
        await refuseInUse(session!, area.id);
        await claimInputs(session!, unit, undefined, area);
      },
    }),
    listLossAreaMeters: async ({ session, params, page }) => {
      await session.require(lossAreaEntity, params);
      const { items, nextCursor } = await assignedMeters(session, params.id, page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    assignLossAreaMeters: async ({ session, params, body }) => ({
      data: await assignMeters(session, params.id, body.meters),
    }),
    ...lossReportOperations,
  },
  { table: 'billing' },
);
