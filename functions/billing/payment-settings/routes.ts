/** Routes of the settings of payments. */
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { paymentSettingsSchema } from './payment-settings.ts';

export const paymentSettings = defineResource({
  name: 'payment-settings',
  base: '/api/billing/payment-settings',
  title: 'Settings of payments',
  routes: {
    getPaymentSettings: {
      method: 'GET',
      path: '',
      access: 'billing:payment-settings:read',
      summary: 'What needs a second person, and whether cash needs an open till.',
      response: paymentSettingsSchema,
    },
    changePaymentSettings: {
      method: 'PUT',
      path: '',
      access: 'billing:payment-settings:write',
      summary: 'Set what needs a second person, and whether cash needs an open till.',
      body: paymentSettingsSchema,
      response: paymentSettingsSchema,
    },
  },
});
