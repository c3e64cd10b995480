/** Routes of the tenant's settings of support. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { settingsSchema } from './settings-entity.ts';

const answer = z.extend(settingsSchema, { version: z.int() });

export const supportSettingsRoutes = defineResource({
  name: 'support-settings',
  base: '/api/support/settings',
  title: 'Settings of support',
  routes: {
    getSupportSettings: {
      method: 'GET',
      path: '',
      access: 'support:tickets:view',
      summary: 'Categories of tickets, and how soon each priority is answered and solved.',
      response: answer,
    },
    updateSupportSettings: {
      method: 'PUT',
      path: '',
      access: 'support:categories:manage',
      summary: 'Change settings; fields left out stay as they are. Tickets that are open keep their due times.',
      description: 'A category that is left out stays on the tickets that have it.',
      body: z.partial(settingsSchema),
      response: answer,
      errors: ['version_conflict'],
    },
  },
});
