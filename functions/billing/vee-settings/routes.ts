/** Routes of the settings of validation and estimation. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { tenantVeeSettingsSchema } from './vee-settings.ts';

const versioned = z.extend(tenantVeeSettingsSchema, { version: z.int() });

export const veeSettings = defineResource({
  name: 'vee-settings',
  base: '/api/billing/vee-settings',
  title: 'Settings of validation and estimation',
  routes: {
    getVeeSettings: {
      method: 'GET',
      path: '',
      access: 'billing:vee:read',
      summary: 'Limits of validation and methods of estimation, in general and by type of customer.',
      description: 'Energies are millionths of a kWh. Version 0 means that nothing was set and the usual values hold.',
      response: versioned,
    },
    changeVeeSettings: {
      method: 'PUT',
      path: '',
      access: 'billing:vee:write',
      summary: 'Set limits and methods, whole. `If-Match` guards against lost updates.',
      description:
        'Units are millionths of a kWh: `ignoreBelowUnits` of 2000000 is 2 kWh. What is left out of `general` has its usual value. A group in `classes`, such as `history`, replaces the general group for customers of that type. Bills already made stay as they are.',
      body: tenantVeeSettingsSchema,
      response: versioned,
      errors: ['version_conflict', 'unprocessable'],
    },
  },
});
