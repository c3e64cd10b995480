/** Routes of the tenant's settings of alarms and controls. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { settingsSchema } from './settings-entity.ts';

const answer = z.extend(settingsSchema, { version: z.int() });

export const settings = defineResource({
  name: 'settings',
  base: '/api/scada/settings',
  title: 'Settings of scada',
  routes: {
    getScadaSettings: {
      method: 'GET',
      path: '',
      access: 'scada:settings:read',
      summary: 'Settings of alarms, gateways, controls and recorded values.',
      response: answer,
    },
    updateScadaSettings: {
      method: 'PUT',
      path: '',
      access: 'scada:settings:write',
      summary: 'Change settings; fields left out stay as they are.',
      description: 'They take effect within half a minute.',
      body: z.partial(settingsSchema),
      response: answer,
      errors: ['version_conflict'],
    },
  },
});
