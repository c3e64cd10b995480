/** Lambda entry of `/api/scada/points`. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { importPoints } from './import-points.ts';
import { listPoints } from './list-points.ts';
import { pointEntity } from './point-entity.ts';
import { presentPoints } from './present-points.ts';
import { points } from './routes.ts';
import { createPoint, deletePoint, updatePoint } from './write-points.ts';

export const handler = serve(
  points,
  {
    getPointHistory: readHistory(pointEntity),
    listPoints: async ({ session, query, page }) => {
      const { items, nextCursor } = await listPoints(session, query, page);
      return { data: await presentPoints(session, items), pagination: { limit: page.limit, nextCursor } };
    },
    getPoint: async ({ session, params }) => {
      const [data] = await presentPoints(session, [await session.require(pointEntity, params)]);
      return { data: data! };
    },
    createPoint: async ({ session, body, locale }) => {
      const { id = newId('pnt'), ...fields } = body;
      const [data] = await presentPoints(session, [await createPoint(session, { id, ...fields }, locale)]);
      return { data: data! };
    },
    importPoints: async ({ session, body, locale }) => ({ data: await importPoints(session, body, locale) }),
    updatePoint: async ({ session, params, body, expectedVersion, locale }) => {
      const before = await session.require(pointEntity, params);
      refuseStale(before, expectedVersion);
      const [data] = await presentPoints(session, [
        await updatePoint(session, before, body as object as never, locale),
      ]);
      return { data: data! };
    },
    deletePoint: async ({ session, params, expectedVersion }) => {
      const before = await session.require(pointEntity, params);
      refuseStale(before, expectedVersion);
      await deletePoint(session, before);
      return {};
    },
  },
  { table: 'scada' },
);
