/** Routes of edits of usage. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { requestUsageEditSchema, storedUsageEditSchema, usageEditCellSchema } from './usage-edit-schema.ts';

const params = z.object({ id: generatedId('ued') });
const withCells = z.extend(storedUsageEditSchema, { cells: z.array(usageEditCellSchema) });

export const usageEdits = defineResource({
  name: 'usage-edits',
  base: '/api/billing/usage-edits',
  title: 'Edits of usage',
  routes: {
    listUsageEdits: {
      method: 'GET',
      path: '',
      access: 'metering:edits:read',
      summary: 'List the edits of usage of a meter by time; without a meter, those that wait for a second person.',
      query: z.object({ meterId: z.optional(externalId()) }),
      response: z.array(storedUsageEditSchema),
      paginated: true,
    },
    requestUsageEdit: {
      method: 'POST',
      path: '',
      access: 'metering:edits:write',
      summary:
        'Decide what a meter took, fed in or drew as reactive energy in a stretch of time, by a named method and with a reason.',
      description:
        'Evenly, as on like days, by the mean of four weeks, or by given values; scaled to what the register moved, or to a total given. `energy` says which: taken, fed in, or reactive, whose figures are kvarh. Readings stay as they are: the edit lies over them, and what the registers counted before and after still counts. It counts at once, or when a second person has approved it where the settings of reading edits ask for one. Stretches of one energy whose edits count do not overlap. Bills of its days are made anew by the settings of corrections.',
      body: requestUsageEditSchema,
      response: storedUsageEditSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getUsageEdit: {
      method: 'GET',
      path: '/{id}',
      access: 'metering:edits:read',
      summary: 'Get an edit of usage with its intervals: what counts, and what counted before.',
      params,
      response: withCells,
      errors: ['not_found'],
    },
    approveUsageEdit: {
      method: 'POST',
      path: '/{id}/approve',
      access: 'metering:edits:approve',
      summary: 'Approve an edit of usage: it counts from now on. Who asked for it cannot.',
      params,
      response: storedUsageEditSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'forbidden', 'unprocessable'],
    },
    declineUsageEdit: {
      method: 'POST',
      path: '/{id}/decline',
      access: 'metering:edits:approve',
      summary: 'Decline an edit of usage: nothing changes.',
      params,
      body: z.object({ reason: label(500) }),
      response: storedUsageEditSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
    undoUsageEdit: {
      method: 'POST',
      path: '/{id}/undo',
      access: 'metering:edits:write',
      summary:
        'Take an edit of usage back: what the readings tell counts again. An edit of its own, approved like others.',
      params,
      body: z.object({ reason: label(500) }),
      response: storedUsageEditSchema,
      errors: ['not_found', 'conflict'],
    },
  },
});
