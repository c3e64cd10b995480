/** Lambda entry of `/api/support/settings`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { supportSettingsRoutes } from './routes.ts';
import { defaultSettings, supportSettingsEntity } from './settings-entity.ts';

const operations: Operations<typeof supportSettingsRoutes.routes> = {
  getSupportSettings: async ({ session }) => ({
    data: (await session.get(supportSettingsEntity, {}, { consistent: true })) ?? { ...defaultSettings, version: 0 },
  }),

  updateSupportSettings: async ({ session, body, expectedVersion }) => {
    const data = await saveRow(session, supportSettingsEntity, body, { initial: defaultSettings, expectedVersion });
    return { data };
  },
};

export const handler = serve(supportSettingsRoutes, operations, { table: 'support' });
