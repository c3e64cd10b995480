/** Lambda entry of `/api/billing/usage-edits`. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { approveUsageEdit, declineUsageEdit, requestUsageEdit, undoUsageEdit } from './decide-usage-edit.ts';
import { usageEdits } from './routes.ts';
import { readCells, type UsageCell, usageEditEntity } from './usage-edit-entity.ts';
import type { UsageEdit } from './usage-edit-schema.ts';

export const handler = serve(
  usageEdits,
  {
    listUsageEdits: async ({ session, query: { meterId }, page }) => {
      const { items, nextCursor } = await session.query<UsageEdit & Stored>(usageEditEntity, {
        ...(meterId === undefined
          ? { index: 'gsi2', pk: ['USAGE-EDITS-WAITING'] }
          : { index: 'gsi1', pk: ['METER-USAGE-EDITS', meterId] }),
        ...page,
      });
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    requestUsageEdit: async ({ session, body, principal }) => ({
      data: await requestUsageEdit(session, body, principal.subject),
    }),
    getUsageEdit: async ({ session, params }) => {
      const edit = await session.require(usageEditEntity, params);
      const cells = await readCells(session, edit.undoes ?? edit.id);
      return { data: { ...edit, cells: shownCells(edit, cells) } };
    },
    approveUsageEdit: async ({ session, params, principal }) => ({
      data: await approveUsageEdit(session, params.id, principal.subject),
    }),
    declineUsageEdit: async ({ session, params, body, principal }) => ({
      data: await declineUsageEdit(session, params.id, principal.subject, body.reason),
    }),
    undoUsageEdit: async ({ session, params, body, principal }) => ({
      data: await undoUsageEdit(session, params.id, body.reason, principal.subject),
    }),
  },
  { table: 'metering' },
);

/** Of an edit that takes another back, the cells of the other. */
const shownCells = ({ from }: UsageEdit, cells: readonly UsageCell[]) =>
  cells.map(({ to, units, old }, i) => ({
    from: i === 0 ? from : isoTime(cells[i - 1]!.to),
    to: isoTime(to),
    kwh: fromUnits(units),
    ...(old === undefined ? {} : { oldKwh: fromUnits(old) }),
  }));
