/** How edits are stored: by meter and time of the reading, and those that wait for a second person. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type EditSettings, editSettingsSchema, type ReadingEdit } from './edit-schema.ts';

export const readingEditEntity = defineEntity<ReadingEdit>()({
  name: 'reading edit',
  table: 'metering',
  key: ({ id }) => ({ pk: ['READING-EDIT', id], sk: ['READING-EDIT'] }),
  indexes: {
    gsi1: ({ meterId, time, id }) => ({ pk: ['METER-EDITS', meterId], sk: [time, id] }),
    gsi2: ({ status, id }) => (status === 'requested' ? { pk: ['EDITS-WAITING'], sk: [id] } : undefined),
  },
  idOf: ({ id }) => id,
});

export const editSettingsEntity = defineEntity<EditSettings & { id: 'reading-edits' }, { id: 'reading-edits' }>()({
  name: 'settings of reading edits',
  table: 'metering',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readEditSettings(session: TenantSession): Promise<EditSettings> {
  return editSettingsSchema.parse((await session.get(editSettingsEntity, { id: 'reading-edits' })) ?? {});
}
