/** Routes of corrections: bills whose readings changed after they were made. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import {
  correctionSettingsSchema,
  correctionStatuses,
  dismissSchema,
  storedCorrectionSchema,
} from './correction-schema.ts';

const params = z.object({ id: generatedId('cor') });

export const corrections = defineResource({
  name: 'corrections',
  base: '/api/billing/corrections',
  title: 'Corrections of bills',
  routes: {
    listCorrections: {
      method: 'GET',
      path: '',
      access: 'billing:corrections:read',
      summary: 'List bills of meters whose readings came late or were edited, by what became of them.',
      description: 'Those of an invoice, one for each meter, or all that have a status.',
      query: z.object({
        /** @default `proposed`; of an invoice any */
        status: z.optional(z.enum(correctionStatuses)),
        invoiceId: z.optional(generatedId('inv')),
      }),
      response: z.array(storedCorrectionSchema),
      paginated: true,
    },
    getCorrectionSettings: {
      method: 'GET',
      path: '/settings',
      access: 'billing:corrections:read',
      summary: 'Whether bills are corrected by themselves, proposed, or left.',
      response: correctionSettingsSchema,
    },
    changeCorrectionSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'billing:corrections:write',
      summary: 'Set whether bills are corrected by themselves.',
      body: correctionSettingsSchema,
      response: correctionSettingsSchema,
    },
    getCorrection: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:corrections:read',
      summary: 'Get the correction of a meter’s bill.',
      params,
      response: storedCorrectionSchema,
      errors: ['not_found'],
    },
    applyCorrection: {
      method: 'POST',
      path: '/{id}/apply',
      access: 'billing:corrections:write',
      summary: 'Make the meter’s bill anew and charge or credit what differs now; the invoice’s others stay.',
      params,
      response: storedCorrectionSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    dismissCorrection: {
      method: 'POST',
      path: '/{id}/dismiss',
      access: 'billing:corrections:write',
      summary: 'Leave the bill as it is, with a reason. Readings that come later are looked at again.',
      params,
      body: dismissSchema,
      response: storedCorrectionSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
  },
});
