/** Lambda entry of `/api/billing/message-settings`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { messageSettingsEntity, readMessageSettings, toStored } from './message-settings.ts';
import { messageSettings } from './routes.ts';

export const handler = serve(
  messageSettings,
  {
    getMessageSettings: async ({ session }) => ({ data: await readMessageSettings(session) }),
    changeMessageSettings: async ({ session, body }) => {
      await saveRow(session, messageSettingsEntity, toStored(body), {
        removable: ['quietHours', 'publicUrl', 'logo', 'footer', 'utilityName'],
      });
      return { data: body };
    },
  },
  { table: 'billing' },
);
