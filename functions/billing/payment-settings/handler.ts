/** Lambda entry of `/api/billing/payment-settings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { paymentSettingsEntity, readPaymentSettings } from './payment-settings.ts';
import { paymentSettings } from './routes.ts';

export const handler = serve(
  paymentSettings,
  {
    getPaymentSettings: async ({ session }) => ({ data: await readPaymentSettings(session) }),
    changePaymentSettings: async ({ session, body }) => {
      const before = await session.get(paymentSettingsEntity, { id: 'payments' }, { consistent: true });
      await session.transact('billing', (unit) => {
        if (before === undefined) unit.create(paymentSettingsEntity, { id: 'payments', ...body });
        else unit.update(paymentSettingsEntity, before, body);
      });
      return { data: body };
    },
  },
  { table: 'billing' },
);
