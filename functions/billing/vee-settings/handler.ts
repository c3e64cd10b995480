/** Lambda entry of `/api/billing/vee-settings`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { veeSettings } from './routes.ts';
import { readVeeSettings, refuseContradictions, veeSettingsEntity } from './vee-settings.ts';

export const handler = serve(
  veeSettings,
  {
    getVeeSettings: async ({ session }) => ({ data: await readVeeSettings(session) }),
    changeVeeSettings: async ({ session, body, expectedVersion }) => {
      refuseContradictions(body);
      const { version } = await saveRow(session, veeSettingsEntity, { id: 'vee', ...body }, { expectedVersion });
      return { data: { ...body, version } };
    },
  },
  { table: 'billing' },
);
