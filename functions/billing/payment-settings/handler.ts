/** Lambda entry of `/api/billing/payment-settings`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { paymentSettingsEntity, readPaymentSettings } from './payment-settings.ts';
import { paymentSettings } from './routes.ts';

export const handler = serve(
  paymentSettings,
  {
    getPaymentSettings: async ({ session }) => ({ data: await readPaymentSettings(session) }),
    changePaymentSettings: async ({ session, body }) => {
      await saveRow(session, paymentSettingsEntity, { id: 'payments', ...body });
      return { data: body };
    },
  },
  { table: 'billing' },
);
