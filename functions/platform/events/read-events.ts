/** Reads of single events, the catalogue and the settings. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { buildCausationTree } from './build-causation-tree.ts';
import { correlationPartition, type EventPointer, eventPointerEntity } from './event-record.ts';
import { requireEvent } from './event-store.ts';
import { viewWholeEvent } from './event-view.ts';
import type { EventRoutes } from './routes.ts';
import { defaultRetentionDays, eventSettingsEntity } from './settings.ts';

type Reads = Pick<
  Operations<EventRoutes>,
  'getEvent' | 'getEventCausation' | 'getEventCatalog' | 'getEventSettings' | 'updateEventSettings'
>;

/** A request that sets off more events than this is shown by its first ones. */
const treeLimit = 1000;

export const readEvents: Reads = {
  getEvent: async ({ session, params }) => ({
    data: await viewWholeEvent(session, await requireEvent(session, params.id)),
  }),

  getEventCausation: async ({ session, params }) => {
    const { id, correlationId } = await requireEvent(session, params.id);
    const { items, nextCursor } = await session.query<EventPointer>(eventPointerEntity, {
      pk: correlationPartition(correlationId),
      limit: treeLimit,
    });
    return {
      data: { correlationId, truncated: nextCursor !== null, roots: buildCausationTree(items, id) },
    };
  },

  getEventCatalog: async () => ({ data: (await import('../catalog/describe-catalog.ts')).describeCatalog() }),

  getEventSettings: async ({ session }) => ({
    data: { retentionDays: (await session.get(eventSettingsEntity, {}))?.retentionDays ?? defaultRetentionDays },
  }),

  updateEventSettings: async ({ session, body }) => {
    await saveRow(session, eventSettingsEntity, { id: 'events', ...body });
    return { data: body };
  },
};
