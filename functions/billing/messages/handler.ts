/** Lambda entry of `/api/billing/message-settings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { messageSettingsEntity, readMessageSettings } from './message-settings.ts';
import { messageSettings } from './routes.ts';

export const handler = serve(
  messageSettings,
  {
    getMessageSettings: async ({ session }) => ({ data: await readMessageSettings(session) }),
    changeMessageSettings: async ({ session, body }) => {
      const before = await session.get(messageSettingsEntity, { id: 'messages' }, { consistent: true });
      // What is left out is removed.
      const { quietHours = null, publicUrl = null, logo = null, footer = null, utilityName = null, ...rest } = body;
      await session.transact('billing', (unit) => {
        if (before === undefined) unit.create(messageSettingsEntity, { id: 'messages', ...body });
        else unit.update(messageSettingsEntity, before, { ...rest, quietHours, publicUrl, logo, footer, utilityName });
      });
      return { data: body };
    },
  },
  { table: 'billing' },
);
