/** Routes of commands to meters. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { commandSettingsSchema, commandStatuses, requestCommandSchema, storedCommandSchema } from './command-schema.ts';

const params = z.object({ id: generatedId('cmd') });
const outcome = {
  status: 200,
  response: storedCommandSchema,
  errors: ['not_found', 'conflict', 'version_conflict'],
} as const;

export const meterCommands = defineResource({
  name: 'meter-commands',
  base: '/api/billing/meter-commands',
  title: 'Meter commands',
  routes: {
    listMeterCommands: {
      method: 'GET',
      path: '',
      access: 'billing:commands:read',
      summary: 'The meter control log: commands to meters, the newest first.',
      query: z.object({ meterId: z.optional(externalId()), status: z.optional(z.enum(commandStatuses)) }),
      response: z.array(storedCommandSchema),
      paginated: true,
    },
    requestMeterCommand: {
      method: 'POST',
      path: '',
      access: 'billing:commands:request',
      summary: 'Ask for a meter to be disconnected, reconnected, or set to a tariff.',
      description:
        'One command is open for a meter at a time. A disconnection waits for a second person where the settings say so; a protected customer is never disconnected. Before it is sent it is asked again whether it still holds. The meter confirms by its status, or its platform does.',
      body: requestCommandSchema,
      response: storedCommandSchema,
      errors: ['not_found', 'already_exists', 'unprocessable'],
    },
    getCommandSettings: {
      method: 'GET',
      path: '/settings',
      access: 'billing:commands:read',
      summary: 'How commands are approved, and how long a meter may take.',
      response: commandSettingsSchema,
    },
    changeCommandSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'billing:commands:configure',
      summary: 'Set how commands are approved, and how long a meter may take.',
      body: commandSettingsSchema,
      response: commandSettingsSchema,
    },
    getMeterCommand: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:commands:read',
      summary: 'Get a command.',
      params,
      response: storedCommandSchema,
      errors: ['not_found'],
    },
    approveMeterCommand: {
      method: 'POST',
      path: '/{id}/approve',
      access: 'billing:commands:approve',
      summary: 'Approve a command that somebody else asked for; it is sent then.',
      params,
      ...outcome,
      errors: [...outcome.errors, 'forbidden'],
    },
    rejectMeterCommand: {
      method: 'POST',
      path: '/{id}/reject',
      access: 'billing:commands:approve',
      summary: 'Reject a command that waits for approval.',
      params,
      body: z.object({ reason: label(500) }),
      ...outcome,
    },
    cancelMeterCommand: {
      method: 'POST',
      path: '/{id}/cancel',
      access: 'billing:commands:request',
      summary: 'Withdraw a command that was not sent yet.',
      params,
      body: z.object({ reason: label(500) }),
      ...outcome,
    },
    getMeterCommandHistory: historyRoute('billing:commands:read', 'meter command', params),
  },
});
