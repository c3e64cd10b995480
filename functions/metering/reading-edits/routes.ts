/** Routes of edits of readings. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { editSettingsSchema, requestEditSchema, storedEditSchema } from './edit-schema.ts';

const params = z.object({ id: generatedId('edt') });

export const readingEdits = defineResource({
  name: 'reading-edits',
  base: '/api/billing/reading-edits',
  title: 'Edits of readings',
  routes: {
    listReadingEdits: {
      method: 'GET',
      path: '',
      access: 'metering:edits:read',
      summary:
        'List the edits of a meter by time of the reading; without a meter, those that wait for a second person.',
      query: z.object({ meterId: z.optional(externalId()) }),
      response: z.array(storedEditSchema),
      paginated: true,
    },
    requestReadingEdit: {
      method: 'POST',
      path: '',
      access: 'metering:edits:write',
      summary: 'Correct, reject, add or restore a reading, with a reason.',
      description:
        'What arrived is never changed: the edit lies over it, and the next one over that. It counts at once, or when a second person has approved it where the settings ask for one. Bills of its time are made anew by the settings of corrections.',
      body: requestEditSchema,
      response: storedEditSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getReadingEditSettings: {
      method: 'GET',
      path: '/settings',
      access: 'metering:edits:read',
      summary: 'Whether edits need a second person.',
      response: editSettingsSchema,
    },
    changeReadingEditSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'metering:edits:approve',
      summary: 'Set whether edits need a second person.',
      body: editSettingsSchema,
      response: editSettingsSchema,
    },
    getReadingEdit: {
      method: 'GET',
      path: '/{id}',
      access: 'metering:edits:read',
      summary: 'Get an edit.',
      params,
      response: storedEditSchema,
      errors: ['not_found'],
    },
    approveReadingEdit: {
      method: 'POST',
      path: '/{id}/approve',
      access: 'metering:edits:approve',
      summary: 'Approve an edit: it counts from now on. Who asked for it cannot.',
      params,
      response: storedEditSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'forbidden', 'unprocessable'],
    },
    declineReadingEdit: {
      method: 'POST',
      path: '/{id}/decline',
      access: 'metering:edits:approve',
      summary: 'Decline an edit: nothing changes.',
      params,
      body: z.object({ reason: label(500) }),
      response: storedEditSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
  },
});
